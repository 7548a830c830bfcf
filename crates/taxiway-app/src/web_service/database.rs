//! The database, by the names and the values of the configuration.

use std::collections::BTreeSet;

use super::WebReading;
use crate::django::database;
use crate::document::{Database, DatabaseConfig, DatabaseEngine};
use crate::evidence::sample;
use crate::web_environment;

/// Distributions that speak to a database.
const LIBRARIES: [&str; 19] = [
    "sqlalchemy",
    "sqlmodel",
    "flask-sqlalchemy",
    "databases",
    "tortoise-orm",
    "peewee",
    "asyncpg",
    "psycopg",
    "psycopg2",
    "psycopg2-binary",
    "pymysql",
    "mysqlclient",
    "motor",
    "pymongo",
    "beanie",
    "ormar",
    "mongoengine",
    "aiomysql",
    "quart-db",
];

impl WebReading<'_> {
    /// The database, where a library for one is installed.
    pub(super) fn database(&mut self, values: &[web_environment::Named<'_>]) -> Option<Database> {
        let library = self
            .base
            .installation
            .distributions
            .iter()
            .find(|own| LIBRARIES.contains(&own.name.as_str()))?
            .place
            .clone();
        let mut engines: Vec<DatabaseEngine> = Vec::new();
        let mut env: BTreeSet<String> = BTreeSet::new();
        let mut is_settled = false;
        for named in values {
            if !is_database_setting(&named.name) {
                continue;
            }
            let names = named.value.names();
            let before = env.len();
            for (value, _) in crate::django::settings::alternatives(&named.value) {
                if let Some(engine) = value.pattern().as_deref().and_then(engine_of_url) {
                    is_settled = true;
                    if !engines.contains(&engine) {
                        engines.push(engine);
                    }
                }
            }
            env.extend(
                names
                    .iter()
                    .filter(|name| is_database_variable(name))
                    .map(ToString::to_string),
            );
            if env.len() > before {
                self.base.saw("database", named.places.clone());
            }
        }
        let variables: Vec<String> = self
            .base
            .service
            .env
            .iter()
            .map(|variable| variable.name.clone())
            .collect();
        for name in &variables {
            if is_database_variable(name) {
                env.insert(name.clone());
            }
        }
        let urls: BTreeSet<String> = env.iter().filter(|name| is_url(name)).cloned().collect();
        let has_url = !urls.is_empty();
        let has_parts = env.len() > urls.len();
        if has_url {
            env = urls;
        }
        let drivers = database::drivers(&self.base.installation);
        let mut ordered = drivers.clone();
        // Some programs read other people's databases: their own is the one that the configuration names.
        let has_own = engines
            .iter()
            .any(|engine| *engine != DatabaseEngine::Sqlite);
        ordered.retain(|engine| {
            !has_own
                || engines.contains(engine)
                || !matches!(engine, DatabaseEngine::Oracle | DatabaseEngine::Mssql)
        });
        if ordered.is_empty()
            && self.base.installation.installs("pymongo") | self.base.installation.installs("motor")
        {
            ordered.push(DatabaseEngine::Mongodb);
        }
        for engine in engines {
            if !ordered.contains(&engine) {
                ordered.push(engine);
            }
        }
        let compose = database::compose_engine(&self.base.survey);
        let engine = ordered
            .iter()
            .copied()
            .find(|engine| {
                Some(*engine) == compose
                    || (compose == Some(DatabaseEngine::Mariadb)
                        && *engine == DatabaseEngine::Mysql)
            })
            .or_else(|| ordered.first().copied())
            .or(compose)
            .or_else(|| self.engine_of_sample(&env));
        let chosen = engine?;
        if ordered.is_empty() {
            ordered.push(chosen);
        }
        if env.is_empty() && self.base.service.seen("database").is_none() {
            self.base.saw("database", [library]);
        }
        let config = if has_url {
            Some(DatabaseConfig::Url)
        } else if has_parts {
            Some(DatabaseConfig::Parts)
        } else if is_settled {
            Some(DatabaseConfig::Hardcoded)
        } else {
            None
        };
        Some(Database {
            engine,
            engines: ordered,
            config,
            env: env.into_iter().collect(),
        })
    }
}

impl WebReading<'_> {
    /// The engine that a file of sample variables sets the address of.
    fn engine_of_sample(&self, names: &BTreeSet<String>) -> Option<DatabaseEngine> {
        let folders = [self.base.root, "".into()];
        folders.iter().find_map(|folder| {
            sample::variables(self.base.repository, folder)
                .filter(|(name, _)| names.contains(*name))
                .find_map(|(_, value)| engine_of_url(value))
        })
    }
}

/// Whether a variable holds a whole address.
fn is_url(name: &str) -> bool {
    let upper = name.to_uppercase();
    [
        "URL",
        "URI",
        "DSN",
        "CONNECTION_STRING",
        "CONNECTIONSTRING",
        "CONN_STR",
    ]
    .iter()
    .any(|ending| upper.ends_with(ending))
}

fn is_database_setting(name: &str) -> bool {
    let upper = name.to_uppercase();
    [
        "DATABASE",
        "SQLALCHEMY",
        "DB_",
        "POSTGRES",
        "MYSQL",
        "MONGO",
        "_DB",
        "_DSN",
        "SQLITE",
    ]
    .iter()
    .any(|part| upper.contains(part))
        || upper == "DB"
        || upper == "DSN"
}

/// Whether a variable configures a database by its name.
fn is_database_variable(name: &str) -> bool {
    let upper = name.to_uppercase();
    let parts: Vec<&str> = upper.split('_').collect();
    let is_other = parts.iter().any(|part| {
        matches!(
            *part,
            "REDIS"
                | "TEST"
                | "TESTING"
                | "POOL"
                | "ECHO"
                | "TIMEOUT"
                | "SSL"
                | "OVERFLOW"
                | "TRACK"
                | "PING"
        )
    });
    let is_about = parts.iter().any(|part| {
        matches!(
            *part,
            "DATABASE"
                | "DB"
                | "POSTGRES"
                | "POSTGRESQL"
                | "PG"
                | "MYSQL"
                | "MONGO"
                | "MONGODB"
                | "SQLALCHEMY"
        )
    }) || upper.starts_with("PGHOST")
        || upper.starts_with("PGUSER")
        || upper.starts_with("PGPASS")
        || upper.starts_with("PGDATABASE")
        || upper.starts_with("PGPORT");
    let is_part = [
        "URL",
        "URI",
        "DSN",
        "HOST",
        "HOSTNAME",
        "SERVER",
        "NAME",
        "USER",
        "USERNAME",
        "PASSWORD",
        "PASS",
        "PORT",
        "DB",
        "DATABASE",
        "STRING",
        "CONNECTIONSTRING",
        "ENGINE",
        "PROTOCOL",
        "DRIVER",
    ]
    .contains(parts.last().unwrap_or(&""))
        || upper.starts_with("PG");
    is_about && is_part && !is_other
}

/// The engine that the scheme of a URL names.
fn engine_of_url(text: &str) -> Option<DatabaseEngine> {
    let scheme = text.split(':').next()?.split('+').next()?.to_lowercase();
    Some(match scheme.as_str() {
        "postgres" | "postgresql" => DatabaseEngine::Postgresql,
        "mysql" => DatabaseEngine::Mysql,
        "mariadb" => DatabaseEngine::Mariadb,
        "sqlite" => DatabaseEngine::Sqlite,
        "mssql" => DatabaseEngine::Mssql,
        "oracle" => DatabaseEngine::Oracle,
        "mongodb" => DatabaseEngine::Mongodb,
        _ => return None,
    })
}
