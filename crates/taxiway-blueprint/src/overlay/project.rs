//! `project.py`: what is particular to one project, as constants.

use taxiway_app::{MigrationTool, Service};
use taxiway_platform::{Part, Server, StaticServing, Supply, Variable, WebService};

use crate::python_literal::{Assignment, Literal};
use crate::{python_literal, relative};

const DOCSTRING: &str = "What is particular to this project. Read by the rest of this package.";

/// That of an application that is not Django's.
pub(super) fn wrapped(service: &Service, web: &WebService) -> String {
    let migrations = match service
        .migrations
        .as_ref()
        .map(|migrations| migrations.tool)
    {
        Some(MigrationTool::Alembic) => "alembic",
        Some(MigrationTool::FlaskMigrate) => "flask-migrate",
        Some(MigrationTool::Django) | None => "",
    };
    let mut constants = vec![Assignment {
        comment: "Startup fails without these, and says which are not set.",
        name: "REQUIRED",
        value: Literal::List(required(web)),
    }];
    if web.has_database {
        constants.push(Assignment {
            comment: "Variables that the project reads parts of the database's address from.",
            name: "DATABASE_VARIABLES",
            value: Literal::Map(database_variables(web)),
        });
    }
    constants.push(Assignment {
        comment: "Variables that the project reads its hosts from, separated by commas.",
        name: "HOST_VARIABLES",
        value: Literal::List(host_variables(web)),
    });
    if web.has_database {
        constants.push(Assignment {
            comment: "What applies migrations; empty where there are none.",
            name: "MIGRATIONS",
            value: migrations.into(),
        });
    }
    constants.push(Assignment {
        comment: "The folder that is published, as seen from the one that the project runs from.",
        name: "ROOT",
        value: way_up(web).into(),
    });
    python_literal::module(DOCSTRING, &constants)
}

/// That of a Django project.
pub(super) fn django(web: &WebService, keeps_media: bool) -> String {
    python_literal::module(
        DOCSTRING,
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
        Part::Keywords => "keywords",
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
