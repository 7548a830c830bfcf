//! The Python side: the package `taxiway_runtime`, the server's configuration, the migrations' WebJob.
//!
//! Fixed text lies below `files/`. Only `project.py`, the one import of the project's settings, and the worker class of
//! the server depend on the application.

use taxiway_diagnostics::Sources;
use taxiway_platform::{Part, Platform, Server, StaticServing, Supply, WebService};

use crate::python_literal::{Assignment, Literal};
use crate::{GeneratedFile, Handwritten, python_literal, relative};

macro_rules! runtime {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../files/taxiway_runtime/", $name)),
        )
    };
}

const RUNTIME: [(&str, &str); 6] = [
    runtime!("__init__.py"),
    runtime!("environment.py"),
    runtime!("health.py"),
    runtime!("logging.py"),
    runtime!("migrate.py"),
    runtime!("settings.py"),
];

/// The import that stands for the project's settings in `settings.py`.
const SETTINGS_IMPORT: &str = "from project.settings import *";

const GUNICORN: &str = include_str!("../files/gunicorn.conf.py");
const GUNICORN_OVER_THEIRS: &str = include_str!("../files/gunicorn.taxiway.conf.py");
const MIGRATE: &str = include_str!("../files/migrate.sh");

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
    pub(crate) fn find(sources: &dyn Sources, web: &WebService) -> Self {
        let path = relative::join(&web.root, Self::Ours.name());
        if Handwritten::new(sources).is_file(&path) {
            Self::OverTheirs
        } else {
            Self::Ours
        }
    }

    /// Its name, in the folder that is published.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ours => "gunicorn.conf.py",
            Self::OverTheirs => "gunicorn.taxiway.conf.py",
        }
    }

    fn text(self, server: Server) -> String {
        match self {
            Self::Ours => gunicorn(server),
            Self::OverTheirs => GUNICORN_OVER_THEIRS.to_owned(),
        }
    }
}

/// Every file of the Python side.
pub(crate) fn files(platform: &Platform, server_file: ServerFile) -> Vec<GeneratedFile> {
    let web = &platform.service;
    let package = relative::join(&web.app_dir, "taxiway_runtime");
    let mut files: Vec<GeneratedFile> = RUNTIME
        .iter()
        .map(|(name, text)| GeneratedFile::new(package.join(name), runtime_text(name, text, web)))
        .collect();
    files.push(GeneratedFile::new(package.join("project.py"), project(web)));
    files.push(GeneratedFile::new(
        relative::join(&web.root, server_file.name()),
        server_file.text(web.server),
    ));
    files.push(GeneratedFile::executable(
        relative::join(&web.root, "App_Data/jobs/triggered/migrate/run.sh"),
        MIGRATE.replace(
            "@APP_DIR@",
            relative::below(&web.app_dir, &web.root).as_str(),
        ),
    ));
    files
}

fn runtime_text(name: &str, text: &str, web: &WebService) -> String {
    if name == "settings.py" {
        let import = format!("from {} import *", web.settings_module);
        text.replace(SETTINGS_IMPORT, &import)
    } else {
        text.to_owned()
    }
}

fn gunicorn(server: Server) -> String {
    match server {
        Server::Gunicorn => GUNICORN.to_owned(),
        Server::Uvicorn => {
            let threaded = "# Threads wait for the database while others work; two workers at least, so that one may restart.\n\
                            worker_class = \"gthread\"\n\
                            workers = int(os.environ.get(\"WEB_CONCURRENCY\") or (2 if cores == 1 else 2 * cores + 1))\n\
                            threads = 4\n";
            let looping = "# A loop keeps one processor busy; two workers at least, so that one may restart.\n\
                           worker_class = \"uvicorn_worker.UvicornWorker\"\n\
                           workers = int(os.environ.get(\"WEB_CONCURRENCY\") or max(2, cores))\n";
            GUNICORN.replace(threaded, looping)
        }
    }
}

/// `project.py`: what is particular to this project, as constants.
fn project(web: &WebService) -> String {
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
                    Server::Uvicorn => "asgi",
                }
                .into(),
            },
            Assignment {
                comment: "Whether WhiteNoise is added, because nothing else serves the static files.",
                name: "ADD_WHITENOISE",
                value: Literal::Bool(web.static_files == StaticServing::Overlay),
            },
            Assignment {
                comment: "The folder that is published, as seen from the one that the project runs from.",
                name: "ROOT",
                value: way_up(web).into(),
            },
        ],
    )
}

fn key_variable(web: &WebService) -> String {
    web.key_setting.clone()
}

fn required(web: &WebService) -> Vec<String> {
    let mut names = vec!["DATABASE_URL".to_owned(), key_variable(web)];
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
