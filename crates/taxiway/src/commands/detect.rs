//! `taxiway detect`: what the repository is, and why.

mod summary;
mod table;

use camino::Utf8Path;
use taxiway_app::{App, Explanation, Kind};
use taxiway_diagnostics::DiskSources;

use crate::arguments::Detect;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::project;
use crate::terminal::{BOLD, DIM, Terminal, columns};

/// Prints what was read, or why one fact of it is what it is.
pub(crate) fn run(
    arguments: &Detect,
    repository: Option<&Utf8Path>,
    terminal: &Terminal,
) -> Outcome {
    let (root, sources, mut app) = project::read(arguments.folder.as_deref().or(repository))?;
    app.name_after(root.file_name().unwrap_or("app"));
    if let Some(fact) = &arguments.why {
        return why(&app, &sources, fact, terminal);
    }
    if terminal.is_json() {
        terminal.print_json(&app);
    } else {
        terminal.print(text(&app));
        if !app.services.is_empty() {
            terminal.say(format_args!("{DIM}why: taxiway detect --why FACT{DIM:#}"));
        }
    }
    Ok(Exit::Done)
}

fn text(app: &App) -> String {
    let mut blocks: Vec<String> = app
        .services
        .iter()
        .map(|service| format!("{}\n\n{}", summary::of(service), table::of(service)))
        .collect();
    if blocks.is_empty() {
        blocks.push(format!("no web service here: {}", kind(app.kind)));
    }
    for frontend in &app.frontends {
        blocks.push(format!("front end on its own in {}", frontend.dir));
    }
    let rejected = app.reasons.get("services").into_iter();
    let notes: Vec<String> = app
        .warnings
        .iter()
        .map(|warning| format!("  note: {warning}"))
        .chain(
            rejected
                .flat_map(|reason| &reason.rejected)
                .map(|other| format!("  not a service: {} ({})", other.value, other.because)),
        )
        .collect();
    if !notes.is_empty() {
        blocks.push(notes.join("\n"));
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

fn why(app: &App, sources: &DiskSources, fact: &str, terminal: &Terminal) -> Outcome {
    let explanations = taxiway_app::explain(app, sources, fact).map_err(|unknown| {
        let mut failure = Failure::usage(format!("there is no fact `{fact}`"));
        for near in unknown.near {
            failure = failure.next("near it", format!("taxiway detect --why {near}"));
        }
        failure.next("all facts", "taxiway detect --format json")
    })?;
    if terminal.is_json() {
        terminal
            .print_json(&serde_json::json!({ "schema": "taxiway.why/v1", "facts": explanations }));
    } else {
        let blocks: Vec<String> = explanations.iter().map(explanation).collect();
        terminal.print(blocks.join("\n\n"));
    }
    Ok(Exit::Done)
}

fn explanation(explanation: &Explanation) -> String {
    let of = explanation
        .service
        .as_ref()
        .map_or(String::new(), |service| {
            format!(" {DIM}of {service}{DIM:#}")
        });
    let value = table::shown(&explanation.value);
    let value = if value.is_empty() {
        "absent".to_owned()
    } else {
        value
    };
    let mut text = format!(
        "{BOLD}{}{BOLD:#}{of} is {BOLD}{value}{BOLD:#}\n  because  {}",
        explanation.fact, explanation.because
    );
    let seen: Vec<Vec<String>> = explanation
        .seen
        .iter()
        .map(|seen| {
            vec![
                seen.place.to_string(),
                seen.text.clone().unwrap_or_default(),
            ]
        })
        .collect();
    if !seen.is_empty() {
        text = format!("{text}\n  seen at\n{}", columns(&seen, 4));
    }
    let rejected: Vec<Vec<String>> = explanation
        .rejected
        .iter()
        .map(|other| {
            let place = other
                .place
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            vec![other.value.clone(), other.because.clone(), place]
        })
        .collect();
    if !rejected.is_empty() {
        text = format!("{text}\n  rejected\n{}", columns(&rejected, 4));
    }
    text
}
