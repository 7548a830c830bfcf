//! `taxiway status` and `taxiway open`: what serves, where, and how it does.

use camino::Utf8Path;
use serde_json::json;
use taxiway_rollout::{ReleaseRecord, ReleaseState, Serving, Target as _};

use super::deployed::Deployed;
use crate::arguments::InEnvironment;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::programs;
use crate::site::{state, target};
use crate::surroundings::Surroundings;
use crate::terminal::{BAD, BOLD, GOOD, Terminal, columns};

/// How many releases are listed.
const LISTED: usize = 5;

/// Prints what serves, what the other slot holds, and the last releases.
pub(crate) async fn run(
    arguments: &InEnvironment,
    repository: Option<&Utf8Path>,
    surroundings: &Surroundings,
    terminal: &Terminal,
) -> Outcome {
    let deployed = Deployed::find(repository, &arguments.environment, surroundings).await?;
    let target = target(&deployed.connection, &deployed.provisioned.outputs)?;
    let asked = |failure: taxiway_rollout::Failure| {
        Failure::failed("the site cannot be asked").detail(failure.line())
    };
    let serving = target.serving().await.map_err(asked)?;
    let candidate = target.candidate().await.ok().flatten();
    let state = state(&deployed.project.root, &arguments.environment);
    let history = state
        .history()
        .map_err(|error| Failure::failed("the journal cannot be read").because(&error))?;
    let releases: Vec<&ReleaseRecord> = history.releases.iter().rev().take(LISTED).collect();
    let is_ready = matches!(serving, Serving::Release { ready: true, .. });
    if terminal.is_json() {
        terminal.print_json(&json!({
            "schema": "taxiway.status/v1",
            "application": deployed.project.platform.name,
            "environment": arguments.environment,
            "url": deployed.url(),
            "serving": serving.release(),
            "ready": is_ready,
            "candidate": candidate,
            "releases": releases,
        }));
    } else {
        let (style, words) = words(&serving);
        let mut rows = vec![
            vec!["serves".to_owned(), words],
            vec!["at".to_owned(), deployed.url()],
        ];
        if let Some(candidate) = candidate {
            rows.push(vec![
                "other slot".to_owned(),
                format!("release {candidate}"),
            ]);
        }
        terminal.print(format_args!(
            "{BOLD}{}{BOLD:#} in {}: {style}{}{style:#}\n{}",
            deployed.project.platform.name,
            arguments.environment,
            if is_ready { "healthy" } else { "not healthy" },
            columns(&rows, 2)
        ));
        if !releases.is_empty() {
            let rows: Vec<Vec<String>> = releases.into_iter().map(row).collect();
            terminal.print(format_args!("\n  releases\n{}", columns(&rows, 4)));
        }
    }
    Ok(if is_ready { Exit::Done } else { Exit::Findings })
}

fn words(serving: &Serving) -> (anstyle::Style, String) {
    match serving {
        Serving::Nothing => (BAD, "nothing".to_owned()),
        Serving::Release { id, ready: true } => (GOOD, format!("release {id}")),
        Serving::Release { id, ready: false } => (
            BAD,
            format!("release {id}, which says that it is not ready"),
        ),
        Serving::Unknown { reason } => (
            BAD,
            format!("something that does not tell its release: {reason}"),
        ),
    }
}

fn row(record: &ReleaseRecord) -> Vec<String> {
    let state = match &record.state {
        ReleaseState::Served => "served".to_owned(),
        ReleaseState::Withdrawn => "rolled back".to_owned(),
        ReleaseState::Rejected { reason } => format!("rejected: {reason}"),
    };
    let time = record.time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    vec![
        record.release.to_string(),
        time,
        record.commit.clone().unwrap_or_default(),
        state,
    ]
}

/// Opens the application in the user's browser, or prints where it is.
pub(crate) async fn open(
    arguments: &InEnvironment,
    repository: Option<&Utf8Path>,
    surroundings: &Surroundings,
    terminal: &Terminal,
) -> Outcome {
    let deployed = Deployed::find(repository, &arguments.environment, surroundings).await?;
    let url = deployed.url();
    if terminal.is_json() {
        terminal.print_json(&json!({ "schema": "taxiway.open/v1", "url": url }));
        return Ok(Exit::Done);
    }
    terminal.print(&url);
    if terminal.is_interactive() && !programs::open(&url) {
        terminal.say("no browser could be opened: visit the address above");
    }
    Ok(Exit::Done)
}
