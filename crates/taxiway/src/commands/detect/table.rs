//! The facts about a service, one a line, each with where it was seen.

use serde_json::Value;
use taxiway_app::{Framework, Port, Service};
use taxiway_diagnostics::Place;

use crate::terminal::columns;

/// All facts.
pub(super) fn of(service: &Service) -> String {
    let rows: Vec<Vec<String>> = facts(service)
        .into_iter()
        .map(|(name, value, fact)| vec![name.to_owned(), value, place(service.seen(fact))])
        .collect();
    let mut text = columns(&rows, 2);
    for (title, rows) in [
        ("processes", processes(service)),
        ("variables", environment(service)),
        ("findings", findings(service)),
    ] {
        if !rows.is_empty() {
            text = format!("{text}\n\n  {title}\n{}", columns(&rows, 4));
        }
    }
    if !service.warnings.is_empty() {
        let notes: Vec<String> = service
            .warnings
            .iter()
            .map(|warning| format!("    {warning}"))
            .collect();
        text = format!("{text}\n\n  notes\n{}", notes.join("\n"));
    }
    text
}

fn place(place: Option<&Place>) -> String {
    place.map(ToString::to_string).unwrap_or_default()
}

fn facts(service: &Service) -> Vec<(&'static str, String, &'static str)> {
    let mut facts = Vec::new();
    let mut add = |name, value: Option<String>, fact| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            facts.push((name, value, fact));
        }
    };
    let path = |path: &camino::Utf8PathBuf| path.to_string();
    let database = service.database.as_ref();
    let files = service.static_files.as_ref();
    add(
        "framework",
        service.framework.as_ref().map(framework),
        "framework",
    );
    add(
        "interface",
        service.interface.as_ref().map(word),
        "interface",
    );
    add(
        "entry point",
        service.entrypoint.as_ref().map(ToString::to_string),
        "entrypoint",
    );
    add("run from", Some(service.app_dir.to_string()), "app_dir");
    add(
        "settings",
        service.settings_module.clone(),
        "settings_module",
    );
    let python = &service.python;
    add(
        "python",
        python.version.clone().or_else(|| python.constraint.clone()),
        "python",
    );
    add("dependencies", dependencies(service), "dependencies");
    add(
        "server",
        service.server.as_ref().map(|server| server.name.clone()),
        "server",
    );
    add("port", service.port.as_ref().map(port), "port");
    add(
        "database",
        database.and_then(|own| own.engine.as_ref().map(word)),
        "database",
    );
    let backing: Vec<&str> = service
        .backing
        .iter()
        .map(|backing| backing.kind.as_str())
        .collect();
    let first = service
        .backing
        .first()
        .and_then(|backing| backing.places.first());
    add(
        "migrations",
        service.migrations.as_ref().map(|own| word(&own.tool)),
        "migrations",
    );
    add(
        "static files",
        files.and_then(|own| own.strategy.as_ref().map(word)),
        "static",
    );
    add(
        "media",
        service.media.as_ref().map(|media| word(&media.storage)),
        "media",
    );
    add(
        "front end",
        service
            .frontend
            .as_ref()
            .map(|frontend| path(&frontend.dir)),
        "frontend",
    );
    add(
        "e-mail",
        service.email.as_ref().map(|email| email.backend.clone()),
        "email",
    );
    add(
        "packages",
        Some(service.system_packages.join(", ")),
        "system_packages",
    );
    add("health", service.health.clone(), "health");
    add(
        "tests",
        service.tests.as_ref().map(|tests| tests.runner.clone()),
        "tests",
    );
    add(
        "image",
        service.artifacts.dockerfile.as_ref().map(path),
        "artifacts.dockerfile",
    );
    let mut rows = facts;
    if !backing.is_empty() {
        let at = rows
            .iter()
            .position(|(name, ..)| *name == "migrations")
            .unwrap_or(rows.len());
        let shown = first.map_or(String::new(), |first| {
            format!("{} ({first})", backing.join(", "))
        });
        rows.insert(at, ("services", shown, "backing"));
    }
    rows
}

fn dependencies(service: &Service) -> Option<String> {
    let dependencies = &service.dependencies;
    let manager = word(&dependencies.manager?);
    let manifest = dependencies
        .manifests
        .first()
        .map(ToString::to_string)
        .unwrap_or_default();
    let lock = dependencies
        .lockfile
        .as_ref()
        .map_or(String::new(), |lock| format!(", {lock}"));
    Some(format!("{manager}: {manifest}{lock}"))
}

fn port(port: &Port) -> String {
    match port {
        Port::Number(number) => number.to_string(),
        Port::Variable(name) => name.clone(),
    }
}

/// A framework with its version.
pub(super) fn framework(framework: &Framework) -> String {
    let name = word(&framework.name);
    match &framework.version {
        Some(version) => format!("{name} {version}"),
        None => name,
    }
}

/// A fact of a closed vocabulary as the document spells it.
pub(super) fn word<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// A value of the document in one line.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        Value::Object(entries) => {
            let named = ["name", "kind", "tool", "id"]
                .iter()
                .find_map(|key| entries.get(*key)?.as_str());
            match named {
                Some(name) => match entries.get("version").and_then(Value::as_str) {
                    Some(version) => format!("{name} {version}"),
                    None => name.to_owned(),
                },
                None => entries
                    .iter()
                    .filter(|(key, _)| !matches!(key.as_str(), "declarations" | "distributions"))
                    .map(|(key, value)| (key, shown(value)))
                    .filter(|(_, value)| !value.is_empty())
                    .map(|(key, value)| format!("{key} {value}"))
                    .collect::<Vec<_>>()
                    .join("; "),
            }
        }
        other => other.to_string(),
    }
}

fn processes(service: &Service) -> Vec<Vec<String>> {
    service
        .processes
        .iter()
        .map(|process| {
            const LONGEST: usize = 60;
            let command = process.command.clone().or_else(|| process.app.clone());
            let command = command.map(|text| match text.char_indices().nth(LONGEST) {
                Some((end, _)) => format!("{}…", &text[..end]),
                None => text,
            });
            vec![
                word(&process.kind),
                process.tool.clone(),
                command.unwrap_or_default(),
                place(process.places.first()),
            ]
        })
        .collect()
}

fn environment(service: &Service) -> Vec<Vec<String>> {
    let mut variables: Vec<_> = service.env.iter().collect();
    variables.sort_by_key(|variable| !variable.required);
    variables
        .into_iter()
        .map(|variable| {
            let need = if variable.required {
                "required"
            } else {
                "optional"
            };
            let secret = if variable.secret { "secret" } else { "" };
            vec![
                variable.name.clone(),
                need.to_owned(),
                secret.to_owned(),
                place(variable.places.first()),
            ]
        })
        .collect()
}

fn findings(service: &Service) -> Vec<Vec<String>> {
    service
        .security
        .iter()
        .map(|finding| vec![finding.id.clone(), place(finding.places.first())])
        .collect()
}
