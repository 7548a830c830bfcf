//! The Python side: the package `taxiway_runtime`, the server's configuration, the migrations' WebJob.
//!
//! Fixed text lies below `files/`. Only `project.py`, the one import of the project's settings or application, the worker class
//! of the server, and whether there is a database depend on the application.

mod project;
mod server;

use camino::Utf8Path;
use taxiway_app::{Entrypoint, FrameworkName, MediaStorage, Service};
use taxiway_platform::{Platform, Server, WebService};

pub(crate) use self::server::ServerFile;
use crate::{GeneratedFile, relative, sections};

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
const WEB: [(&str, &str); 11] = [
    web!("__init__.py"),
    web!("address.py"),
    web!("database.py"),
    web!("database_check.py"),
    web!("engines.py"),
    web!("environment.py"),
    web!("health.py"),
    runtime!("identity.py"),
    runtime!("logging.py"),
    web!("migrate.py"),
    runtime!("trace.py"),
];

/// Those that an application without a database has no use for. Django's environment asks `identity.py` all the same.
const FOR_A_DATABASE: [&str; 7] = [
    "address.py",
    "database.py",
    "database_check.py",
    "engines.py",
    "migrate.py",
    "postgresql/__init__.py",
    "postgresql/base.py",
];

const ASGI: &str = include_str!("../files/web/asgi.py");
const PASTE: &str = include_str!("../files/web/paste.py");
const AIOHTTP: &str = include_str!("../files/web/aiohttp.py");
const WSGI: &str = include_str!("../files/web/wsgi.py");

/// The import that stands for the project's application in `application.py`.
const APPLICATION_IMPORT: &str = "from project import app as _project  # noqa: E402\n";

/// The import that stands for the project's settings in `settings.py`.
const SETTINGS_IMPORT: &str = "from project.settings import *";

/// A continuous WebJob, and how it is run.
const BACKGROUND: &str = include_str!("../files/background.sh");
/// Runs a command of the project as the overlay prepares it; Django's settings do that wherever they are read.
const RUN: &str = web!("run.py").1;
const MIGRATE: &str = include_str!("../files/migrate.sh");

/// How long work under way may take when its process is told to end. App Service takes 5 seconds without this.
const STOPPING_SECONDS: u32 = 30;

/// What `project.py` says besides where there are several services.
fn of_several(service: &Service, platform: &Platform) -> String {
    let mut text = String::new();
    if owns_database(platform) {
        text.push_str(
            "\n# Whether the database is taken from the other services of its server, before the first migration.\nOWNS_DATABASE = True\n",
        );
    }
    if let Some(name) = &platform.service.name
        && keeps_media(service, platform)
    {
        text.push_str(
            "\n# The container of the uploads. Those of other services have names of their own.\nMEDIA_CONTAINER = ",
        );
        text.push_str(&crate::python_literal::quote(&format!("{name}-media")));
        text.push('\n');
    }
    text
}

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
    let is_project = |file: &&mut GeneratedFile| file.path == package.join("project.py");
    if let Some(project) = files.iter_mut().find(is_project) {
        project.text.push_str(&of_several(service, platform));
    }
    files.push(GeneratedFile::new(
        relative::join(&web.root, server_file.name()),
        server_file.text(service, platform),
    ));
    if web.has_database {
        files.push(GeneratedFile::executable(
            relative::join(&web.root, "App_Data/jobs/triggered/migrate/run.sh"),
            MIGRATE.replace(
                "@APP_DIR@",
                relative::below(&web.app_dir, &web.root).as_str(),
            ),
        ));
    }
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

/// The files that an application with or without a database needs, as it needs them.
fn needed(
    files: &'static [(&str, &str)],
    has_database: bool,
) -> impl Iterator<Item = (&'static str, String)> {
    let needed = files
        .iter()
        .filter(move |(name, _)| has_database || !FOR_A_DATABASE.contains(name));
    needed.map(move |(name, text)| (*name, sections::choose(text, &[("database", has_database)])))
}

fn django(
    package: &Utf8Path,
    settings: &str,
    web: &WebService,
    keeps_media: bool,
) -> Vec<GeneratedFile> {
    let import = format!("from {settings} import *");
    let mut files: Vec<GeneratedFile> = needed(&DJANGO, web.has_database)
        .map(|(name, text)| {
            GeneratedFile::new(package.join(name), text.replace(SETTINGS_IMPORT, &import))
        })
        .collect();
    files.push(GeneratedFile::new(
        package.join("project.py"),
        project::django(web, keeps_media),
    ));
    files
}

/// The package around an application that is an object to call.
fn wrapped(package: &Utf8Path, service: &Service, web: &WebService) -> Vec<GeneratedFile> {
    let mut files: Vec<GeneratedFile> = needed(&WEB, web.has_database)
        // No token is asked for without one.
        .filter(|(name, _)| web.has_database || *name != "identity.py")
        .map(|(name, text)| GeneratedFile::new(package.join(name), text))
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
        sections::choose(application, &[("database", web.has_database)])
            .replace(APPLICATION_IMPORT, &import(service, web)),
    ));
    files.push(GeneratedFile::new(
        package.join("project.py"),
        project::wrapped(service, web),
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

/// Whether the overlay keeps Django's uploads, which the project would write to the local disk.
pub(crate) fn keeps_media(service: &Service, platform: &Platform) -> bool {
    let is_on_disk = service
        .media
        .as_ref()
        .is_some_and(|media| media.storage == MediaStorage::Local);
    let is_django = platform.service.settings_module.is_some();
    is_django && is_on_disk && platform.environments.iter().any(|it| it.storage.is_some())
}
