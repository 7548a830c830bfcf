//! `taxiway detect`: what the repository is.

use taxiway_app::{App, Kind, Service};

use crate::arguments::Detect;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::project;
use crate::terminal::{BOLD, DIM, Terminal, columns};

/// Prints what was read.
pub(crate) fn run(
    arguments: &Detect,
    repository: Option<&camino::Utf8Path>,
    terminal: &Terminal,
) -> Outcome {
    let (_, _, app) = project::read(arguments.folder.as_deref().or(repository))?;
    if terminal.is_json() {
        terminal.print_json(&app);
    } else {
        terminal.print(text(&app));
    }
    Ok(Exit::Done)
}

fn text(app: &App) -> String {
    let mut blocks: Vec<String> = app.services.iter().map(service).collect();
    if blocks.is_empty() {
        blocks.push(format!("no web service here: {}", kind(app.kind)));
    }
    if !app.warnings.is_empty() {
        blocks.push(
            app.warnings
                .iter()
                .map(|warning| format!("  note: {warning}"))
                .collect::<Vec<_>>()
                .join("\n"),
        );
    }
    blocks.join("\n\n")
}

const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::App => "an application without a web process",
        Kind::Library => "a library, which other projects install",
        Kind::Cli => "a program for the terminal",
        Kind::Template => "a generator of projects",
        Kind::Collection => "a collection of unrelated demonstrations",
        Kind::Other => "not a Python project",
    }
}

fn service(service: &Service) -> String {
    let facts = facts(service);
    let rows: Vec<Vec<String>> = facts
        .into_iter()
        .map(|(name, value, fact)| {
            let place = service
                .seen(fact)
                .map(ToString::to_string)
                .unwrap_or_default();
            vec![name.to_owned(), value, place]
        })
        .collect();
    let environment = environment(service);
    let mut text = format!(
        "{BOLD}{}{BOLD:#} {DIM}in {}{DIM:#}\n\n{}",
        service.name,
        service.root,
        columns(&rows, 2)
    );
    if !environment.is_empty() {
        text = format!("{text}\n\n  variables\n{}", columns(&environment, 4));
    }
    text
}

fn facts(service: &Service) -> Vec<(&'static str, String, &'static str)> {
    let mut facts = Vec::new();
    let mut add = |name, value: Option<String>, fact| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            facts.push((name, value, fact));
        }
    };
    add(
        "framework",
        service.framework.as_ref().map(word_of_framework),
        "framework",
    );
    add(
        "entry point",
        service.entrypoint.as_ref().map(ToString::to_string),
        "entrypoint",
    );
    add(
        "settings",
        service.settings_module.clone(),
        "settings_module",
    );
    add(
        "python",
        service
            .python
            .version
            .clone()
            .or_else(|| service.python.constraint.clone()),
        "python",
    );
    add(
        "dependencies",
        service.dependencies.manager.map(|manager| word(&manager)),
        "dependencies",
    );
    add(
        "server",
        service.server.as_ref().map(|server| server.name.clone()),
        "server",
    );
    add(
        "database",
        service
            .database
            .as_ref()
            .and_then(|database| database.engine.map(|engine| word(&engine))),
        "database",
    );
    let backing: Vec<String> = service
        .backing
        .iter()
        .map(|backing| backing.kind.clone())
        .collect();
    add("services", Some(backing.join(", ")), "backing");
    add(
        "static files",
        service
            .static_files
            .as_ref()
            .and_then(|files| files.strategy.map(|strategy| word(&strategy))),
        "static",
    );
    add(
        "media",
        service.media.as_ref().map(|media| word(&media.storage)),
        "media",
    );
    add("health", service.health.clone(), "health");
    facts
}

fn word_of_framework(framework: &taxiway_app::Framework) -> String {
    let name = word(&framework.name);
    framework
        .version
        .as_ref()
        .map_or_else(|| name.clone(), |version| format!("{name} {version}"))
}

/// A fact of a closed vocabulary as the document spells it.
fn word<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn environment(service: &Service) -> Vec<Vec<String>> {
    service
        .env
        .iter()
        .map(|variable| {
            let need = if variable.required {
                "required"
            } else {
                "optional"
            };
            let secret = if variable.secret { "secret" } else { "" };
            let place = variable
                .places
                .first()
                .map(ToString::to_string)
                .unwrap_or_default();
            vec![
                variable.name.clone(),
                need.to_owned(),
                secret.to_owned(),
                place,
            ]
        })
        .collect()
}
