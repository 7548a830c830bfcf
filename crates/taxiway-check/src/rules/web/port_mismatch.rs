//! An app listens on one port, and the platform asks on another.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "port-mismatch",
    "an app listens on one port, and the platform asks on another",
    include_str!("port_mismatch.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        let command = site.config("appCommandLine");
        let Some(bound) = command.text().and_then(bound_port) else { continue };
        if let Some(part) = site.setting("WEBSITES_PORT") && part.number().is_some_and(|port| port != f64::from(bound)) {
            let message = format!("{} listens on {bound}, and is asked on {}", site.title(), part.shown());
            report.push(Found::at(&part, message).label(&command, "listens here").safe_fix(&part, bound.to_string()));
        }
    }
}

/// The port of `--bind 0.0.0.0:8000`, `-b :8000` or `--port 8000`.
fn bound_port(command: &str) -> Option<u16> {
    let mut words = command.split([' ', '=']).filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        if matches!(word, "--bind" | "-b" | "--port" | "-p") {
            let value = words.next()?.trim_matches(['"', '\'']);
            return value.rsplit(':').next()?.parse().ok();
        }
    }
    None
}
