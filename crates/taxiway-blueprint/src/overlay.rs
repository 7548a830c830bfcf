//! The Python side: the package `taxiway_runtime`, the server's configuration, the migrations' WebJob.
//!
//! Fixed text lies below `files/`. Only `project.py`, the one import of the project's settings or application, and the worker
//! class of the server depend on the application.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_app::{Entrypoint, FrameworkName, MediaStorage, MigrationTool, Service};
use taxiway_platform::{Part, Platform, Server, StaticServing, Supply, Variable, WebService};

use crate::python_literal::{Assignment, Literal};
use crate::{GeneratedFile, python_literal, relative};

macro_rules! runtime {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../files/taxiway_runtime/", $name)),
        )
    };
}

const DJANGO: [(&str, &str); 10] = [
    runtime!("__init__.py"),
    runtime!("environment.py"),
    runtime!("health.py"),
    runtime!("identity.py"),
    runtime!("logging.py"),
    runtime!("migrate.py"),
    runtime!("postgresql/__init__.py"),
    runtime!("postgresql/base.py"),
    runtime!("settings.py"),
    runtime!("trace.py"),
];

macro_rules! web {
    ($name:literal) => {
        ($name, include_str!(concat!("../files/web/", $name)))
    };
}

/// For applications that are objects to call: all but Django's. `application.py` comes besides, by interface.
const WEB: [(&str, &str); 8] = [
    web!("__init__.py"),
    web!("database.py"),
    web!("environment.py"),
    web!("health.py"),
    runtime!("identity.py"),
    runtime!("logging.py"),
    web!("migrate.py"),
    runtime!("trace.py"),
];

const ASGI: &str = include_str!("../files/web/asgi.py");
const PASTE: &str = include_str!("../files/web/paste.py");
const AIOHTTP: &str = include_str!("../files/web/aiohttp.py");
const WSGI: &str = include_str!("../files/web/wsgi.py");

/// The import that stands for the project's application in `application.py`.
const APPLICATION_IMPORT: &str = "from project import app as _project  # noqa: E402\n";

/// The import that stands for the project's settings in `settings.py`.
const SETTINGS_IMPORT: &str = "from project.settings import *";

const GUNICORN: &str = include_str!("../files/gunicorn.conf.py");
/// The part of [`GUNICORN`] that differs by platform, as it is for threads.
const GUNICORN_WORKERS: &str = "\
# The parameters of an environment set both variables:
worker_class = \"gthread\"
workers = int(os.environ.get(\"WEB_CONCURRENCY\") or 2)
threads = int(os.environ.get(\"GUNICORN_THREADS\") or 4)
";
/// What uvicorn's worker needs besides.
const GUNICORN_FOR_UVICORN: &str = include_str!("../files/gunicorn.uvicorn.py");
const GUNICORN_OVER_THEIRS: &str = include_str!("../files/gunicorn.taxiway.conf.py");
/// A continuous WebJob, and how it is run.
const BACKGROUND: &str = include_str!("../files/background.sh");
/// Runs a command of the project as the overlay prepares it; Django's settings do that wherever they are read.
const RUN: &str = web!("run.py").1;
const MIGRATE: &str = include_str!("../files/migrate.sh");

/// How long work under way may take when its process is told to end. App Service takes 5 seconds without this.
const STOPPING_SECONDS: u32 = 30;

/// Which file configures the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServerFile {
    /// A file of ours.
    Ours,
    /// A file of ours that loads the project's own first.
    OverTheirs,
}

impl ServerFile {
    /// Whether the project has a configuration of its own.
    pub(crate) fn find(service: &Service, web: &WebService) -> Self {
        match own_configuration(service, web) {
            Some(_) => Self::OverTheirs,
            None => Self::Ours,
        }
    }

    /// Its name, in the folder that is published.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ours => "gunicorn.conf.py",
            Self::OverTheirs => "gunicorn.taxiway.conf.py",
        }
    }

    fn text(self, service: &Service, platform: &Platform) -> String {
        match self {
            Self::Ours => gunicorn(platform),
            Self::OverTheirs => gunicorn_over_theirs(service, platform),
        }
    }
}

/// The project's own configuration, as seen from the folder that is published; `None` where it is not published.
fn own_configuration(service: &Service, web: &WebService) -> Option<Utf8PathBuf> {
    let path = &service.server_configuration.as_ref()?.path;
    let is_published = web.root == "." || path.starts_with(&web.root);
    is_published.then(|| relative::below(path, &web.root))
}

/// Our defaults, the project's own over them, and what the platform decides over both.
fn gunicorn_over_theirs(service: &Service, platform: &Platform) -> String {
    let web = &platform.service;
    let ours = gunicorn(platform);
    let (_, defaults) = ours
        .split_once("\n\n# As many as")
        .expect("our configuration says how many workers after where it listens");
    let (defaults, _) = defaults
        .split_once("# The health report")
        .expect("our configuration tells the health report how many workers there are");
    let own = own_configuration(service, web).unwrap_or_else(|| "gunicorn.conf.py".into());
    let (threads, class) = match web.server {
        Server::Gunicorn => (
            "threads = int(os.environ.get(\"GUNICORN_THREADS\") or threads)\n",
            "if worker_class == \"asgi\" or \"uvicorn\" in str(worker_class):\n    worker_class = \"gthread\"\n",
        ),
        Server::Uvicorn | Server::Aiohttp => (
            "",
            "if worker_class in (\"sync\", \"gthread\", \"gevent\", \"eventlet\", \"tornado\"):\n    worker_class = \"@WORKER@\"\n",
        ),
    };
    let text = GUNICORN_OVER_THEIRS
        .replace("@DEFAULTS@\n", &format!("# As many as{defaults}"))
        .replace("@OWN@", own.as_str())
        .replace("@WORKERS@", &least_workers(platform).to_string())
        .replace("@THREADS@\n", &format!("{threads}\n"))
        .replace("@CLASS@\n", &format!("{class}\n"))
        .replace("@WORKER@", worker_class(web.server))
        .replace("\"8000\"", &format!("\"{}\"", web.port));
    without_fork_hook(web, text, "\n\n_own_post_fork") + &hook_of_worker_over_theirs(web)
}

/// The fewest processes of any environment.
fn least_workers(platform: &Platform) -> u32 {
    let processes = platform.environments.iter().map(|it| it.workers.processes);
    processes.min().unwrap_or(1)
}

/// What `project.py` says besides where several services have databases on one server.
const OWNS_DATABASE: &str = "
# Whether the database is taken from the other services of its server, before the first migration.
OWNS_DATABASE = True
";

/// Whether the service has a database that other services of its server are to be kept out of.
fn owns_database(platform: &Platform) -> bool {
    let web = &platform.service;
    let is_one_of_several = web.name.is_some() || !platform.further.is_empty();
    is_one_of_several && web.has_database && !web.shares_database
}

/// Every file of the Python side.
pub(crate) fn files(
    service: &Service,
    platform: &Platform,
    server_file: ServerFile,
) -> Vec<GeneratedFile> {
    let web = &platform.service;
    let package = relative::join(&web.app_dir, "taxiway_runtime");
    let mut files = match &web.settings_module {
        Some(settings) => django(&package, settings, web, keeps_media(service, platform)),
        None => wrapped(&package, service, web),
    };
    if owns_database(platform)
        && let Some(project) = files
            .iter_mut()
            .find(|it| it.path == package.join("project.py"))
    {
        project.text.push_str(OWNS_DATABASE);
    }
    files.push(GeneratedFile::new(
        relative::join(&web.root, server_file.name()),
        server_file.text(service, platform),
    ));
    files.push(GeneratedFile::executable(
        relative::join(&web.root, "App_Data/jobs/triggered/migrate/run.sh"),
        MIGRATE.replace(
            "@APP_DIR@",
            relative::below(&web.app_dir, &web.root).as_str(),
        ),
    ));
    files.extend(background(platform));
    files
}

/// The continuous WebJobs of what runs beside the web process.
fn background(platform: &Platform) -> Vec<GeneratedFile> {
    let web = &platform.service;
    let mut files = Vec::new();
    let is_django = web.settings_module.is_some();
    if !is_django && !platform.background.is_empty() {
        let path = relative::join(&web.app_dir, "taxiway_runtime/run.py");
        files.push(GeneratedFile::new(path, RUN));
    }
    for process in &platform.background {
        let folder = relative::join(&web.root, "App_Data/jobs/continuous").join(&process.name);
        let command = if is_django {
            process.command_line()
        } else {
            format!("python -m taxiway_runtime.run {}", process.command_line())
        };
        let instances = if process.is_single {
            "One instance runs it, however many there are: settings.job says so."
        } else {
            "Every instance runs it."
        };
        let script = BACKGROUND
            .replace(
                "@APP_DIR@",
                relative::below(&web.app_dir, &web.root).as_str(),
            )
            .replace("@COMMAND@", &command)
            .replace("@INSTANCES@", instances);
        files.push(GeneratedFile::executable(folder.join("run.sh"), script));
        files.push(GeneratedFile::new(
            folder.join("settings.job"),
            format!(
                "{{\n  \"is_singleton\": {},\n  \"stopping_wait_time\": {STOPPING_SECONDS}\n}}\n",
                process.is_single
            ),
        ));
    }
    files
}

fn django(
    package: &Utf8Path,
    settings: &str,
    web: &WebService,
    keeps_media: bool,
) -> Vec<GeneratedFile> {
    let import = format!("from {settings} import *");
    let mut files: Vec<GeneratedFile> = DJANGO
        .iter()
        .map(|(name, text)| {
            GeneratedFile::new(package.join(name), text.replace(SETTINGS_IMPORT, &import))
        })
        .collect();
    files.push(GeneratedFile::new(
        package.join("project.py"),
        project(web, keeps_media),
    ));
    files
}

/// The package around an application that is an object to call.
fn wrapped(package: &Utf8Path, service: &Service, web: &WebService) -> Vec<GeneratedFile> {
    let mut files: Vec<GeneratedFile> = WEB
        .iter()
        .map(|(name, text)| GeneratedFile::new(package.join(name), *text))
        .collect();
    let application = match web.server {
        Server::Gunicorn => WSGI,
        Server::Uvicorn => ASGI,
        Server::Aiohttp => AIOHTTP,
    };
    if web.paste.is_some() {
        files.push(GeneratedFile::new(package.join("paste.py"), PASTE));
    }
    files.push(GeneratedFile::new(
        package.join("application.py"),
        application.replace(APPLICATION_IMPORT, &import(service, web)),
    ));
    files.push(GeneratedFile::new(
        package.join("project.py"),
        web_project(service, web),
    ));
    files
}

/// Brings the project's application in, calling its factory where there is one.
fn import(service: &Service, web: &WebService) -> String {
    let Some(Entrypoint::Callable {
        module,
        attribute,
        is_factory,
    }) = &web.wrapped
    else {
        return APPLICATION_IMPORT.to_owned();
    };
    let mut text = if let Some(file) = &web.paste {
        format!(
            "from {module} import {attribute} as _make  # noqa: E402\n\nfrom taxiway_runtime import paste, project  # noqa: E402\n\n\
             _project = paste.load(environment.APP_DIR / project.ROOT / \"{file}\", _make)\n"
        )
    } else if *is_factory {
        format!("from {module} import {attribute} as _make  # noqa: E402\n\n_project = _make()\n")
    } else if let Some((object, inner)) = attribute.split_once('.') {
        format!(
            "from {module} import {object} as _object  # noqa: E402\n\n_project = _object.{inner}\n"
        )
    } else {
        format!("from {module} import {attribute} as _project  # noqa: E402\n")
    };
    let framework = service.framework.as_ref().map(|framework| framework.name);
    if framework == Some(FrameworkName::Sanic) {
        text.push_str(SANIC_LOGS);
    }
    text
}

/// Sanic's own handlers would write lines that are no JSON.
const SANIC_LOGS: &str = "
import logging  # noqa: E402

# Its loggers have handlers of their own, which know nothing of JSON.
for _name in (\"sanic.root\", \"sanic.error\", \"sanic.access\", \"sanic.server\"):
    logging.getLogger(_name).handlers.clear()
    logging.getLogger(_name).propagate = True
";

/// What gunicorn runs the application in.
const fn worker_class(server: Server) -> &'static str {
    match server {
        Server::Gunicorn => "gthread",
        Server::Uvicorn => "uvicorn_worker.UvicornWorker",
        Server::Aiohttp => "aiohttp.GunicornWebWorker",
    }
}

/// gunicorn's configuration. What it does after a fork is Django's alone.
fn gunicorn(platform: &Platform) -> String {
    let web = &platform.service;
    let class = worker_class(web.server);
    let (variables, threads) = match web.server {
        Server::Gunicorn => (
            "both variables",
            "threads = int(os.environ.get(\"GUNICORN_THREADS\") or 4)\n",
        ),
        Server::Uvicorn | Server::Aiohttp => ("the variable", ""),
    };
    let least = least_workers(platform);
    let connections = connections(platform);
    let ours = format!(
        "# The parameters of an environment set {variables}:\n{connections}worker_class = \"{class}\"\n\
         workers = int(os.environ.get(\"WEB_CONCURRENCY\") or {least})\n{threads}"
    );
    let text = GUNICORN
        .replace(GUNICORN_WORKERS, &ours)
        .replace("\"8000\"", &format!("\"{}\"", web.port));
    let text = without_fork_hook(web, text, "\n\ndef post_fork");
    text + hook_of_worker(web)
}

/// What each environment's workers come to, as comments.
fn connections(platform: &Platform) -> String {
    let has_database = platform.service.has_database;
    let environments = platform.environments.iter().filter(|_| has_database);
    let lines = environments.map(|environment| {
        let sum = environment.workers.arithmetic().replace('×', "*");
        format!("#   {}: {sum}\n", environment.name)
    });
    lines.collect()
}

fn hook_of_worker(web: &WebService) -> &'static str {
    match web.server {
        Server::Gunicorn => "",
        Server::Uvicorn => GUNICORN_FOR_UVICORN,
        Server::Aiohttp => "",
    }
}

/// The same, after the hook of the project's own configuration.
fn hook_of_worker_over_theirs(web: &WebService) -> String {
    let theirs = "\n\n_own_post_worker_init = globals().get(\"post_worker_init\")\n";
    let call = "\n    if _own_post_worker_init is not None:\n        _own_post_worker_init(worker)\n    import asyncio\n";
    match hook_of_worker(web) {
        "" => String::new(),
        hook => theirs.to_owned() + &hook.replace("\n    import asyncio\n", call),
    }
}

fn without_fork_hook(web: &WebService, text: String, hook: &str) -> String {
    match text.split_once(hook) {
        Some((before, _)) if web.settings_module.is_none() => before.to_owned(),
        Some(_) | None => text,
    }
}

/// `project.py` of an application that is not Django's.
fn web_project(service: &Service, web: &WebService) -> String {
    let migrations = match service
        .migrations
        .as_ref()
        .map(|migrations| migrations.tool)
    {
        Some(MigrationTool::Alembic) => "alembic",
        Some(MigrationTool::FlaskMigrate) => "flask-migrate",
        Some(MigrationTool::Django) | None => "",
    };
    python_literal::module(
        "What is particular to this project. Read by the rest of this package.",
        &[
            Assignment {
                comment: "Startup fails without these, and says which are not set.",
                name: "REQUIRED",
                value: Literal::List(required(web)),
            },
            Assignment {
                comment: "Whether the platform gives the project a database.",
                name: "HAS_DATABASE",
                value: Literal::Bool(web.has_database),
            },
            Assignment {
                comment: "Variables that the project reads parts of the database's address from.",
                name: "DATABASE_VARIABLES",
                value: Literal::Map(database_variables(web)),
            },
            Assignment {
                comment: "Variables that the project reads its hosts from, separated by commas.",
                name: "HOST_VARIABLES",
                value: Literal::List(host_variables(web)),
            },
            Assignment {
                comment: "What applies migrations; empty where there are none.",
                name: "MIGRATIONS",
                value: migrations.into(),
            },
            Assignment {
                comment: "The folder that is published, as seen from the one that the project runs from.",
                name: "ROOT",
                value: way_up(web).into(),
            },
        ],
    )
}

/// `project.py`: what is particular to this project, as constants.
fn project(web: &WebService, keeps_media: bool) -> String {
    python_literal::module(
        "What is particular to this project. Read by the rest of this package.",
        &[
            Assignment {
                comment: "The variable that holds Django's secret key.",
                name: "KEY_VARIABLE",
                value: key_variable(web).into(),
            },
            Assignment {
                comment: "Startup fails without these, and says which are not set.",
                name: "REQUIRED",
                value: Literal::List(required(web)),
            },
            Assignment {
                comment: "Whether the platform gives the project a database.",
                name: "HAS_DATABASE",
                value: Literal::Bool(web.has_database),
            },
            Assignment {
                comment: "Variables that the project reads parts of the database's address from.",
                name: "DATABASE_VARIABLES",
                value: Literal::Map(database_variables(web)),
            },
            Assignment {
                comment: "How the project spells the kind of its database.",
                name: "DATABASE_ENGINE",
                value: engine(web).into(),
            },
            Assignment {
                comment: "Variables that the project reads its hosts from, separated by commas.",
                name: "HOST_VARIABLES",
                value: Literal::List(host_variables(web)),
            },
            Assignment {
                comment: "How the server talks to the project: wsgi or asgi.",
                name: "INTERFACE",
                value: match web.server {
                    Server::Gunicorn => "wsgi",
                    Server::Uvicorn | Server::Aiohttp => "asgi",
                }
                .into(),
            },
            Assignment {
                comment: "Whether WhiteNoise is added, because nothing else serves the static files.",
                name: "ADD_WHITENOISE",
                value: Literal::Bool(web.static_files == StaticServing::Overlay),
            },
            Assignment {
                comment: "Whether uploads go to the environment's storage account, where it has one.",
                name: "KEEP_MEDIA",
                value: Literal::Bool(keeps_media),
            },
            Assignment {
                comment: "The folder that is published, as seen from the one that the project runs from.",
                name: "ROOT",
                value: way_up(web).into(),
            },
        ],
    )
}

/// Whether the overlay keeps Django's uploads, which the project would write to the local disk.
pub(crate) fn keeps_media(service: &Service, platform: &Platform) -> bool {
    let is_on_disk = service
        .media
        .as_ref()
        .is_some_and(|media| media.storage == MediaStorage::Local);
    let is_django = platform.service.settings_module.is_some();
    is_django && is_on_disk && platform.environments.iter().any(|it| it.storage.is_some())
}

fn key_variable(web: &WebService) -> String {
    web.key_setting.clone()
}

fn required(web: &WebService) -> Vec<String> {
    let mut names = Vec::new();
    if web.has_database {
        names.push("DATABASE_URL".to_owned());
    }
    let reads_key = |variable: &Variable| variable.required && variable.name == web.key_setting;
    if web.settings_module.is_some() || web.variables.iter().any(reads_key) {
        names.push(key_variable(web));
    }
    for variable in &web.variables {
        let is_given = matches!(
            variable.supply,
            Supply::Secret { .. } | Supply::Configured | Supply::Missing
        );
        if variable.required && is_given && !names.contains(&variable.name) {
            names.push(variable.name.clone());
        }
    }
    names
}

fn database_variables(web: &WebService) -> Vec<(String, String)> {
    let parts = web.variables.iter().filter_map(|variable| {
        let Supply::Database { part } = variable.supply else {
            return None;
        };
        (variable.name != "DATABASE_URL")
            .then(|| (variable.name.clone(), part_name(part).to_owned()))
    });
    parts.collect()
}

const fn part_name(part: Part) -> &'static str {
    match part {
        Part::Url => "url",
        Part::Engine => "engine",
        Part::Host => "host",
        Part::Port => "port",
        Part::Name => "name",
        Part::User => "user",
        Part::Password => "password",
        Part::SslMode => "sslmode",
    }
}

/// A default such as `sqlite` says that the project has short names; else it is Django's dotted path.
fn engine(web: &WebService) -> &'static str {
    let is_engine = |supply: &Supply| matches!(supply, Supply::Database { part: Part::Engine });
    let default = web
        .variables
        .iter()
        .find(|variable| is_engine(&variable.supply))
        .and_then(|variable| variable.default.as_deref());
    match default {
        Some(default) if default.contains("postgresql") && !default.contains('.') => "postgresql",
        Some(default) if !default.contains('.') => "postgres",
        Some(_) | None => "django.db.backends.postgresql",
    }
}

fn host_variables(web: &WebService) -> Vec<String> {
    let hosts = web
        .variables
        .iter()
        .filter(|variable| variable.supply == Supply::Hosts);
    hosts.map(|variable| variable.name.clone()).collect()
}

fn way_up(web: &WebService) -> String {
    let below = relative::below(&web.app_dir, &web.root);
    if below == "." {
        return ".".to_owned();
    }
    vec![".."; below.components().count()].join("/")
}
