//! A service in two or three sentences.

use taxiway_app::{Interface, Service};

use super::table::{framework, word};
use crate::terminal::{BOLD, DIM};
use crate::wording::counted;

/// What it is, what it needs, and what is still to be done about it.
pub(super) fn of(service: &Service) -> String {
    let mut lines = vec![format!(
        "{BOLD}{}{BOLD:#} {DIM}in {}{DIM:#}",
        service.name, service.root
    )];
    lines.push(format!("  {}", identity(service)));
    lines.push(format!("  {}", needs(service)));
    let findings = service.security.len();
    if findings > 0 {
        let ids: Vec<&str> = service
            .security
            .iter()
            .map(|finding| finding.id.as_str())
            .collect();
        let findings = counted(findings, "finding");
        lines.push(format!(
            "  {findings} about the production settings: {}.",
            ids.join(", ")
        ));
    }
    lines.join("\n")
}

fn identity(service: &Service) -> String {
    let framework = service
        .framework
        .as_ref()
        .map_or_else(|| "unknown framework".to_owned(), framework);
    let interface = match service.interface {
        Some(Interface::Wsgi) => " over WSGI",
        Some(Interface::Asgi) => " over ASGI",
        Some(Interface::Other) | None => "",
    };
    let server = service.server.as_ref().map_or(String::new(), |server| {
        let missing = if server.declared {
            ""
        } else {
            " (not installed by its requirements)"
        };
        format!(", served by {}{missing}", server.name)
    });
    let entry = match &service.entrypoint {
        Some(entry) => format!(", started as {entry}"),
        None => ", without a known entry point".to_owned(),
    };
    format!("A {framework} application{interface}{server}{entry}.")
}

fn needs(service: &Service) -> String {
    let mut wanted: Vec<String> = Vec::new();
    if let Some(engine) = service
        .database
        .as_ref()
        .and_then(|database| database.engine)
    {
        wanted.push(word(&engine));
    }
    for backing in &service.backing {
        let optional = if backing.required { "" } else { " (optional)" };
        wanted.push(format!("{}{optional}", backing.kind));
    }
    let required = service
        .env
        .iter()
        .filter(|variable| variable.required)
        .count();
    let wanted = if wanted.is_empty() {
        "Needs no database and no other service".to_owned()
    } else {
        format!("Needs {}", wanted.join(", "))
    };
    let variables = match (service.env.len(), required) {
        (0, _) => "; reads no variables".to_owned(),
        (all, 0) => format!("; reads {all} variables, none of which must be set"),
        (all, required) => format!("; reads {all} variables, of which {required} must be set"),
    };
    let processes = match service.processes.len() {
        0 => String::new(),
        1 => "; runs one process beside the web".to_owned(),
        count => format!("; runs {count} processes beside the web"),
    };
    format!("{wanted}{variables}{processes}.")
}
