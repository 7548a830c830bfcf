//! Why a fact of the document is what it is: its value, what settled it, where it was seen, what was rejected.
//!
//! Every key of the document can be asked for, and items of lists by their name: `database`, `database.engine`,
//! `env.SECRET_KEY`, `processes.celery`, `security.debug-on`. A line of a file is shown only where no credential can stand in it.

use serde::Serialize;
use serde_json::Value;
use taxiway_diagnostics::{Place, Sources};

use crate::document::{App, Rejected, Service};
use crate::repository::Repository;
use crate::secret::is_secret;

/// A fact, with how it is found where nothing more particular is known.
const FACTS: [(&str, &str); 27] = [
    (
        "name",
        "the name that `pyproject.toml` gives, else that of the folder",
    ),
    (
        "root",
        "the nearest folder at or above the application with a file that says what to install",
    ),
    (
        "app_dir",
        "the folder from which the entry point can be imported",
    ),
    (
        "framework",
        "the framework whose application object the code makes; Django by its `manage.py` or settings",
    ),
    (
        "interface",
        "what the server that is started speaks, else what the framework speaks",
    ),
    (
        "entrypoint",
        "the most trusted command that starts a server: Procfile, platform, image, process manager, script, compose; else the code's own application",
    ),
    (
        "settings_module",
        "what the files that start production set, else what the project's code sets, else a module for production by its name",
    ),
    ("manage", "a `manage.py` that runs Django's commands"),
    (
        "python",
        "`.python-version`, `runtime.txt`, the production image, `requires-python`, continuous integration, in this order",
    ),
    (
        "dependencies",
        "what the production image installs, else the lock file, else the manifest",
    ),
    (
        "server",
        "the server that a command starts, else one among the requirements",
    ),
    (
        "port",
        "what the start command binds, else what image, compose file or platform expose",
    ),
    (
        "database",
        "the production settings, the drivers among the requirements and the services of compose files",
    ),
    (
        "backing",
        "what the production settings point at: caches, brokers, searches, sessions, channels",
    ),
    (
        "processes",
        "what Procfile, platform, image, process manager, scripts and compose files start beside the web process, and what the code defines",
    ),
    (
        "in_process",
        "schedulers of libraries that run beside the application in its own process",
    ),
    (
        "migrations",
        "Django's own, Flask-Migrate among the requirements, or an `alembic.ini`",
    ),
    (
        "static",
        "the middleware and storages of the production settings, and the web server's configuration",
    ),
    (
        "media",
        "the storage for uploads in the production settings",
    ),
    (
        "frontend",
        "a `package.json` with a build that makes something this service serves; linters and release tools are none",
    ),
    (
        "system_packages",
        "what the requirements are known to need, and what the production image installs and does not remove",
    ),
    (
        "env",
        "every read of the environment while the production settings are evaluated; required where startup fails without it",
    ),
    (
        "health",
        "a health check of image, compose file or platform, else a route by its name that asks for no login",
    ),
    (
        "artifacts",
        "the deployment files in the repository; those for development and examples do not count",
    ),
    (
        "tests",
        "what continuous integration runs, else the configuration of a test runner",
    ),
    (
        "security",
        "dangerous values of the production settings, with an empty environment",
    ),
    ("email", "the e-mail backend of the production settings"),
];

/// Facts that only some documents have in a form of their own.
const MORE: [(&str, &str); 3] = [
    ("middleware", "the `MIDDLEWARE` of the production settings"),
    (
        "installed_apps",
        "the `INSTALLED_APPS` of the production settings",
    ),
    (
        "server_configuration",
        "the file of Gunicorn's settings that the start command names, else one that Gunicorn finds by itself or that is usual",
    ),
];

/// Why a fact is what it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The service, unless the fact is one of the repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The fact's key.
    pub fact: String,
    /// Its value; `null` where it is absent.
    pub value: Value,
    /// What settled it.
    pub because: String,
    /// Where it was seen.
    pub seen: Vec<Seen>,
    /// What it could have been.
    pub rejected: Vec<Rejected>,
}

/// A place, and the line that stands there.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Seen {
    /// Where.
    pub place: Place,
    /// The line, without its indentation; absent where a credential could stand in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// There is no fact of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSuchFact {
    /// Names that are near it.
    pub near: Vec<String>,
}

/// Explains a fact, for each service that has it.
///
/// # Errors
/// [`NoSuchFact`] where the document has no such key, with the names that are near.
pub fn explain(
    app: &App,
    sources: &dyn Sources,
    fact: &str,
) -> Result<Vec<Explanation>, NoSuchFact> {
    let repository = Repository::new(sources);
    let fact = fact.trim();
    if matches!(fact, "kind" | "services" | "frontends") {
        return Ok(vec![of_repository(app, fact)]);
    }
    let first = fact.split('.').next().unwrap_or(fact);
    let first = if first == "static_files" {
        "static"
    } else {
        first
    };
    let Some((_, rule)) = FACTS.iter().chain(&MORE).find(|(name, _)| *name == first) else {
        return Err(NoSuchFact {
            near: near(app, fact),
        });
    };
    if app.services.is_empty() {
        return Ok(vec![of_repository(app, "services")]);
    }
    let found: Vec<Explanation> = app
        .services
        .iter()
        .filter_map(|service| of_service(&repository, service, fact, rule))
        .collect();
    if found.is_empty() {
        return Err(NoSuchFact {
            near: near(app, fact),
        });
    }
    Ok(found)
}

fn of_repository(app: &App, fact: &str) -> Explanation {
    let document = serde_json::to_value(app).unwrap_or(Value::Null);
    let value = match fact {
        "services" => app
            .services
            .iter()
            .map(|service| Value::String(format!("{} in {}", service.name, service.root)))
            .collect(),
        _ => document.get(fact).cloned().unwrap_or(Value::Null),
    };
    let reason = app.reasons.get(fact).cloned().unwrap_or_default();
    let general = match fact {
        "frontends" => "builds that no Python service delivers".to_owned(),
        _ if app.services.is_empty() => app.warnings.join("; "),
        _ => "the code makes a web application in these folders".to_owned(),
    };
    Explanation {
        service: None,
        fact: fact.to_owned(),
        value,
        because: if reason.because.is_empty() {
            general
        } else {
            reason.because
        },
        seen: Vec::new(),
        rejected: reason.rejected,
    }
}

fn of_service(
    repository: &Repository<'_>,
    service: &Service,
    fact: &str,
    rule: &str,
) -> Option<Explanation> {
    let document = serde_json::to_value(service).ok()?;
    let mut keys = fact.split('.');
    let first = keys.next().unwrap_or(fact);
    let mut value = document.get(first).cloned().unwrap_or(Value::Null);
    for key in keys {
        value = member(&value, key)?;
    }
    let mut places: Vec<Place> = Vec::new();
    let mut add = |place: Place| {
        if !places.contains(&place) {
            places.push(place);
        }
    };
    for key in [fact, first] {
        service
            .evidence
            .get(key)
            .into_iter()
            .flatten()
            .cloned()
            .for_each(&mut add);
    }
    if fact == first || !value.is_string() {
        let nested = service
            .evidence
            .iter()
            .filter(|(key, _)| key.starts_with(&format!("{fact}.")));
        nested
            .flat_map(|(_, places)| places.clone())
            .for_each(&mut add);
    }
    places_in(&value, &mut add);
    let reason = [fact, first]
        .iter()
        .find_map(|key| service.reasons.get(*key));
    let particular = reason
        .map(|reason| reason.because.clone())
        .filter(|because| !because.is_empty());
    let particular = particular.or_else(|| of_variable(first, &value));
    let because = match (particular, value.is_null()) {
        (Some(because), _) => because,
        (None, true) => format!("nothing of the kind was found; looked for: {rule}"),
        (None, false) => rule.to_owned(),
    };
    let seen = places
        .into_iter()
        .map(|place| seen(repository, place))
        .collect();
    Some(Explanation {
        service: Some(service.name.clone()),
        fact: fact.to_owned(),
        value: without_places(value),
        because,
        seen,
        rejected: reason
            .map(|reason| reason.rejected.clone())
            .unwrap_or_default(),
    })
}

/// What is known of one variable.
fn of_variable(first: &str, value: &Value) -> Option<String> {
    let variable = value.as_object().filter(|_| first == "env")?;
    let need = if variable.get("required") == Some(&Value::Bool(true)) {
        "required: startup fails without it, as it is read here"
    } else {
        "optional: startup works without it"
    };
    let default = variable
        .get("default")
        .and_then(Value::as_str)
        .map_or(String::new(), |default| {
            format!(", with `{default}` instead")
        });
    let secret = if variable.get("secret") == Some(&Value::Bool(true)) {
        "; its name says that it holds a credential"
    } else {
        ""
    };
    Some(format!("{need}{default}{secret}"))
}

/// A key of an object, or an item of a list by its name.
fn member(value: &Value, key: &str) -> Option<Value> {
    match value {
        Value::Array(items) => items
            .iter()
            .find(|item| {
                ["name", "kind", "tool", "id"]
                    .iter()
                    .any(|name| item.get(name).and_then(Value::as_str) == Some(key))
                    || item.as_str() == Some(key)
            })
            .cloned(),
        Value::Object(_) => Some(value.get(key).cloned().unwrap_or(Value::Null)),
        _ => None,
    }
}

fn places_in(value: &Value, add: &mut impl FnMut(Place)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| places_in(item, add)),
        Value::Object(entries) => {
            for (key, value) in entries {
                let listed = match key.as_str() {
                    "places" => value.as_array().map(Vec::as_slice).unwrap_or_default(),
                    "place" => std::slice::from_ref(value),
                    _ => continue,
                };
                for place in listed {
                    if let Ok(place) = serde_json::from_value(place.clone()) {
                        add(place);
                    }
                }
            }
        }
        _ => {}
    }
}

fn without_places(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(without_places).collect(),
        Value::Object(entries) => Value::Object(
            entries
                .into_iter()
                .filter(|(key, _)| !matches!(key.as_str(), "places" | "place"))
                .map(|(key, value)| (key, without_places(value)))
                .collect(),
        ),
        value => value,
    }
}

/// The line of a place, unless a credential could stand in it.
fn seen(repository: &Repository<'_>, place: Place) -> Seen {
    const LONGEST: usize = 120;
    let text = repository
        .text(place.path())
        .filter(|_| !place.path().as_str().contains(".env"))
        .and_then(|text| {
            let index = usize::try_from(place.line()).ok()?.checked_sub(1)?;
            text.lines().nth(index).map(|line| line.trim().to_owned())
        })
        .filter(|line| !line.is_empty() && !may_hold_credential(line))
        .map(|line| match line.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        });
    Seen { place, text }
}

fn may_hold_credential(line: &str) -> bool {
    let names =
        line.split(|character: char| !character.is_ascii_alphanumeric() && character != '_');
    (line.contains("://") && line.contains('@')) || names.into_iter().any(is_secret)
}

/// The names nearest to one that does not exist.
fn near(app: &App, fact: &str) -> Vec<String> {
    let mut names: Vec<String> = FACTS
        .iter()
        .chain(&MORE)
        .map(|(name, _)| (*name).to_owned())
        .chain(["kind", "services", "frontends"].map(str::to_owned))
        .collect();
    for service in &app.services {
        names.extend(service.env.iter().map(|own| format!("env.{}", own.name)));
        names.extend(
            service
                .backing
                .iter()
                .map(|own| format!("backing.{}", own.kind)),
        );
        names.extend(
            service
                .processes
                .iter()
                .map(|own| format!("processes.{}", own.tool)),
        );
        names.extend(
            service
                .security
                .iter()
                .map(|own| format!("security.{}", own.id)),
        );
        names.extend(service.evidence.keys().cloned());
    }
    names.sort();
    names.dedup();
    let wanted = fact.to_lowercase().replace(['-', ' '], "_");
    let mut ranked: Vec<(usize, String)> = names
        .into_iter()
        .map(|name| {
            let lower = name.to_lowercase();
            let last = lower.rsplit('.').next().unwrap_or(&lower);
            let distance = distance(&wanted, &lower).min(distance(&wanted, last));
            let is_part = wanted.len() > 2 && (lower.contains(&wanted) || wanted.contains(&lower));
            (if is_part { 1 } else { distance }, name)
        })
        .filter(|(distance, _)| *distance <= 2.max(wanted.len() / 3))
        .collect();
    ranked.sort();
    ranked.into_iter().map(|(_, name)| name).take(4).collect()
}

/// How many characters must change to make one text the other.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, character) in left.chars().take(64).enumerate() {
        let mut previous = row[0];
        row[0] = at + 1;
        for (column, other) in right.iter().enumerate() {
            let replaced = previous + usize::from(character != *other);
            previous = row[column + 1];
            row[column + 1] = replaced.min(previous + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_key_of_a_service_can_be_asked_for() {
        let schema = crate::document::schema();
        let schema = serde_json::to_value(schema).unwrap();
        let keys: BTreeSet<&str> = schema["$defs"]["Service"]["properties"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .filter(|key| !matches!(*key, "evidence" | "reasons" | "warnings"))
            .collect();
        let known: BTreeSet<&str> = FACTS.iter().chain(&MORE).map(|(name, _)| *name).collect();
        assert_eq!(keys, known);
    }

    #[test]
    fn distances_count_changes() {
        assert_eq!(distance("entrypont", "entrypoint"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
    }

    #[test]
    fn lines_with_credentials_are_not_shown() {
        assert!(may_hold_credential("SECRET_KEY = 'abc'"));
        assert!(may_hold_credential("url = 'postgres://me:pw@db/x'"));
        assert!(!may_hold_credential("web: gunicorn shop.wsgi"));
    }
}
