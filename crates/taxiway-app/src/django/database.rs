//! The database of the production settings.

use std::collections::BTreeSet;

use super::Settings;
use super::settings::alternatives;
use crate::document::{Database, DatabaseConfig, DatabaseEngine};
use crate::evidence::Survey;
use crate::manifest::installation::Installation;
use crate::python::{URL_KEY, Value};

/// One way in which the default database can be configured.
struct Way<'v, 'a> {
    engine: Option<DatabaseEngine>,
    settings: &'v Value<'a>,
    is_default: bool,
}

/// What the settings say about the default database.
pub(crate) fn read(
    settings: &Settings<'_, '_>,
    survey: &Survey,
    installation: &Installation,
) -> Option<Database> {
    let databases = settings.get("DATABASES")?;
    let mut ways: Vec<Way<'_, '_>> = Vec::new();
    for (value, is_default) in alternatives(databases) {
        let Some(default) = value.get("default") else {
            continue;
        };
        for (database, own_default) in alternatives(default) {
            if matches!(database, Value::Dict(items) if items.is_empty()) {
                continue;
            }
            let engines = database.get("ENGINE").map(alternatives).unwrap_or_default();
            if engines.is_empty() {
                ways.push(Way {
                    engine: None,
                    settings: database,
                    is_default: is_default && own_default,
                });
            }
            for (engine, engine_default) in engines {
                ways.push(Way {
                    engine: engine.as_text().and_then(engine_of),
                    settings: database,
                    is_default: is_default && own_default && engine_default,
                });
            }
        }
    }
    let nothing = Value::unknown();
    if ways.is_empty() {
        // It is set, and nothing in the repository says to what.
        ways.push(Way {
            engine: None,
            settings: &nothing,
            is_default: true,
        });
    }
    let has_unknown = ways.iter().any(|way| way.engine.is_none());
    let drivers = drivers(installation);
    let mut engines: Vec<DatabaseEngine> = Vec::new();
    let mut push = |engine: DatabaseEngine| {
        if !engines.contains(&engine) {
            engines.push(engine);
        }
    };
    let uses_gis = settings
        .texts("INSTALLED_APPS")
        .iter()
        .any(|(app, _)| *app == "django.contrib.gis");
    let spatial = |engine: DatabaseEngine| match engine {
        DatabaseEngine::Postgresql if uses_gis => DatabaseEngine::Postgis,
        engine => engine,
    };
    if has_unknown {
        drivers.iter().copied().map(spatial).for_each(&mut push);
    }
    ways.iter()
        .filter(|way| way.engine != Some(DatabaseEngine::Sqlite))
        .filter_map(|way| way.engine)
        .for_each(&mut push);
    let from_compose = compose_engine(survey);
    if has_unknown && drivers.is_empty() {
        from_compose.map(spatial).into_iter().for_each(&mut push);
    }
    // What platforms put into a URL, where nothing else tells.
    let is_open_url = ways.iter().any(|way| {
        way.engine.is_none()
            && way
                .settings
                .get(URL_KEY)
                .is_some_and(|url| !url.names().is_empty())
    });
    if is_open_url && drivers.is_empty() && from_compose.is_none() {
        push(spatial(DatabaseEngine::Postgresql));
    }
    ways.iter().filter_map(|way| way.engine).for_each(&mut push);
    let preferred = |engine: &DatabaseEngine| Some(*engine) == from_compose;
    let engine = engines
        .iter()
        .copied()
        .find(|engine| *engine != DatabaseEngine::Sqlite && preferred(engine))
        .or_else(|| engines.first().copied());
    let chosen: Vec<&Way<'_, '_>> = ways
        .iter()
        .filter(|way| {
            way.engine != Some(DatabaseEngine::Sqlite) || engine == Some(DatabaseEngine::Sqlite)
        })
        .collect();
    let env = variables(databases, &chosen);
    let config = config(&chosen, &env);
    Some(Database {
        engine,
        engines,
        config,
        env: env.into_iter().collect(),
    })
}

fn config(ways: &[&Way<'_, '_>], env: &[String]) -> Option<DatabaseConfig> {
    let has_url = ways.iter().any(|way| {
        way.settings
            .get(URL_KEY)
            .is_some_and(|url| !url.names().is_empty())
    });
    if has_url {
        return Some(DatabaseConfig::Url);
    }
    if !env.is_empty() {
        return Some(DatabaseConfig::Parts);
    }
    let is_known = ways.iter().any(|way| {
        ["HOST", "NAME", "USER"]
            .iter()
            .filter_map(|key| way.settings.get(key))
            .any(|value| {
                value
                    .alternatives()
                    .iter()
                    .any(|value| value.as_text().is_some())
            })
    });
    if is_known {
        return Some(DatabaseConfig::Hardcoded);
    }
    ways.iter()
        .any(|way| way.is_default)
        .then_some(DatabaseConfig::File)
}

/// The variables that configure the database: those in its settings, and those that decide which engine it is.
fn variables(databases: &Value<'_>, ways: &[&Way<'_, '_>]) -> Vec<String> {
    const PARTS: [&str; 7] = [
        "ENGINE", "HOST", "NAME", "USER", "PASSWORD", "PORT", URL_KEY,
    ];
    let mut names = BTreeSet::new();
    for way in ways {
        for part in PARTS {
            if let Some(value) = way.settings.get(part) {
                names.extend(value.names());
            }
        }
    }
    for name in databases.deciders() {
        let is_about_databases = name.split('_').any(|part| {
            matches!(
                part,
                "DB" | "DATABASE"
                    | "DATABASES"
                    | "POSTGRES"
                    | "POSTGRESQL"
                    | "PG"
                    | "MYSQL"
                    | "SQL"
            )
        });
        if is_about_databases {
            names.insert(name);
        }
    }
    names.into_iter().map(|name| name.to_string()).collect()
}

/// The engine behind the dotted path of a Django database backend.
pub(crate) fn engine_of(backend: &str) -> Option<DatabaseEngine> {
    let lower = backend.to_lowercase();
    Some(if lower.contains("postgis") {
        DatabaseEngine::Postgis
    } else if lower.contains("postgres")
        || lower.contains("psycopg")
        || lower.contains("psqlextra")
        || lower.contains("cockroach")
    {
        DatabaseEngine::Postgresql
    } else if lower.contains("mysql") || lower.contains("mariadb") {
        DatabaseEngine::Mysql
    } else if lower.contains("sqlite") || lower.contains("spatialite") {
        DatabaseEngine::Sqlite
    } else if lower.contains("mssql") || lower.contains("sql_server") || lower.contains("pyodbc") {
        DatabaseEngine::Mssql
    } else if lower.contains("oracle") {
        DatabaseEngine::Oracle
    } else if lower.contains("mongo") || lower.contains("djongo") {
        DatabaseEngine::Mongodb
    } else {
        return None;
    })
}

/// The engines that the installed drivers speak to.
pub(crate) fn drivers(installation: &Installation) -> Vec<DatabaseEngine> {
    const DRIVERS: [(&str, DatabaseEngine); 16] = [
        ("psycopg", DatabaseEngine::Postgresql),
        ("psycopg-binary", DatabaseEngine::Postgresql),
        ("psycopg-c", DatabaseEngine::Postgresql),
        ("psycopg2", DatabaseEngine::Postgresql),
        ("psycopg2-binary", DatabaseEngine::Postgresql),
        ("psycopg2cffi", DatabaseEngine::Postgresql),
        ("pg8000", DatabaseEngine::Postgresql),
        ("asyncpg", DatabaseEngine::Postgresql),
        ("mysqlclient", DatabaseEngine::Mysql),
        ("pymysql", DatabaseEngine::Mysql),
        ("aiomysql", DatabaseEngine::Mysql),
        ("mysql-connector-python", DatabaseEngine::Mysql),
        ("mssql-django", DatabaseEngine::Mssql),
        ("oracledb", DatabaseEngine::Oracle),
        ("cx-oracle", DatabaseEngine::Oracle),
        ("djongo", DatabaseEngine::Mongodb),
    ];
    let mut found = Vec::new();
    for (name, engine) in DRIVERS {
        let is_image_only = installation.image_only.iter().any(|own| own == name);
        // `databases[asyncpg]` and the like bring their driver.
        let is_extra = installation
            .distributions
            .iter()
            .any(|own| own.extras.iter().any(|extra| extra == name));
        if (installation.installs(name) || is_image_only || is_extra) && !found.contains(&engine) {
            found.push(engine);
        }
    }
    found
}

/// The engine that the compose files run.
pub(crate) fn compose_engine(survey: &Survey) -> Option<DatabaseEngine> {
    let services = survey.compose.iter().flat_map(|file| &file.services);
    services
        .filter_map(|service| service.image.as_deref())
        .find_map(|image| {
            let name = image.split([':', '@']).next().unwrap_or(image);
            let name = name.rsplit('/').next().unwrap_or(name);
            Some(match name {
                _ if name.contains("postgis") => DatabaseEngine::Postgis,
                _ if name.contains("exporter") || name.contains("admin") => return None,
                _ if name.contains("postgres") => DatabaseEngine::Postgresql,
                _ if name.contains("mariadb") => DatabaseEngine::Mariadb,
                _ if name.contains("mysql") => DatabaseEngine::Mysql,
                _ if name.contains("mssql") => DatabaseEngine::Mssql,
                _ => return None,
            })
        })
}
