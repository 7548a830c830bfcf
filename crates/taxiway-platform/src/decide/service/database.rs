//! Whether an application has a database, and whether it can be PostgreSQL.

use taxiway_app::{DatabaseEngine, Service};

use super::{
    super::{Decisions, at},
    framework::is_django,
};
use crate::{Config, DatabaseChoice, DatabaseSettings, Setting, Source};

pub(super) fn refuse(service: &Service, config: &Config, decisions: &mut Decisions) {
    let Some(engine) = service
        .database
        .as_ref()
        .and_then(|database| database.engine)
    else {
        return;
    };
    let place = at(database_place(service));
    let name = match engine {
        DatabaseEngine::Postgresql => return,
        // Django's settings can be told another database; elsewhere the code has to ask for it.
        DatabaseEngine::Sqlite if is_django(service) || reads_address(service) => return,
        DatabaseEngine::Sqlite => "SQLite",
        DatabaseEngine::Postgis => {
            decisions.refuse(
                "database-not-supported",
                format!(
                    "this project needs PostGIS{place}: the libraries GDAL, GEOS and PROJ, which App Service's built-in \
                     Python image does not have"
                ),
                "it needs a container image with them; that is not supported yet",
            );
            return;
        }
        DatabaseEngine::Mysql => "MySQL",
        DatabaseEngine::Mariadb => "MariaDB",
        DatabaseEngine::Mssql => "Microsoft SQL Server",
        DatabaseEngine::Oracle => "Oracle",
        DatabaseEngine::Mongodb => "MongoDB",
    };
    let is_wanted = |wanted: &Setting<DatabaseChoice>| wanted.value == DatabaseChoice::Postgresql;
    let is_relational = engine != DatabaseEngine::Mongodb;
    if is_relational && config.app.database.as_ref().is_some_and(is_wanted) {
        decisions.warn(
            "another-database",
            format!("the code names {name}{place}, and gets PostgreSQL, as taxiway.toml says"),
            "statements and migrations that only the other one understands fail; `taxiway up` in the local cloud shows them",
        );
        return;
    }
    let help = if is_relational {
        "let its settings use PostgreSQL where DATABASE_URL is set; where they take whatever they are given: \
         [app] database = \"postgresql\""
    } else {
        "let its settings use PostgreSQL where DATABASE_URL is set"
    };
    decisions.refuse(
        "database-not-supported",
        format!("this project needs {name}{place}; only PostgreSQL is supported so far"),
        help,
    );
}

/// Whether a variable tells the code where its database is.
fn reads_address(service: &Service) -> bool {
    let database = service.database.as_ref();
    database.is_some_and(|database| !database.env.is_empty())
}

/// Whether the platform gives the app a database: as `taxiway.toml` says, else where Django or something in the code asks for one.
pub(in crate::decide) fn has_database(service: &Service, config: &Config) -> bool {
    match &config.app.database {
        Some(wanted) => wanted.value == DatabaseChoice::Postgresql,
        None => is_django(service) || service.database.is_some(),
    }
}

pub(super) fn choose(service: &Service, config: &Config, decisions: &mut Decisions) {
    if !has_database(service, config) {
        no_database(service, config, decisions);
        return;
    }
    if let Some(wanted) = &config.app.database {
        decisions.configured("database", "PostgreSQL", &wanted.place, "configured");
        return;
    }
    let engine = service
        .database
        .as_ref()
        .and_then(|database| database.engine);
    let reason = match engine {
        Some(DatabaseEngine::Sqlite) => {
            "SQLite's file would be lost with every release, and can't be shared by instances"
        }
        Some(_) => "what its settings use",
        None => "Django keeps users and sessions in one",
    };
    let source = Source::detected(database_place(service));
    decisions.choose("database", "PostgreSQL", source, reason);
}

fn no_database(service: &Service, config: &Config, decisions: &mut Decisions) {
    match &config.app.database {
        Some(wanted) => {
            decisions.configured("database", "none", &wanted.place, "configured");
        }
        None => {
            decisions.choose(
                "database",
                "none",
                Source::Default,
                "nothing in the code opens one; [app] database = \"postgresql\" gives it one all the same",
            );
        }
    }
    if is_django(service) {
        decisions.warn(
            "django-without-a-database",
            "without a database, pages that use Django's users, sessions or admin fail",
            "keep sessions in signed cookies: SESSION_ENGINE = \"django.contrib.sessions.backends.signed_cookies\"",
        );
    }
    for (name, environment) in &config.environments {
        let settings = &environment.database;
        if *settings != DatabaseSettings::default() {
            decisions.refuse(
                "settings-of-no-database",
                format!(
                    "[environments.{name}.database] says how the database is, and the app has none"
                ),
                "leave the table out, or [app] database = \"postgresql\"",
            );
        }
    }
}

fn database_place(service: &Service) -> Option<&taxiway_diagnostics::Place> {
    service
        .seen("database.engine")
        .or_else(|| service.seen("database"))
}
