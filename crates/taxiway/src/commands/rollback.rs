//! `taxiway rollback`: the previous release, in seconds.

use camino::Utf8Path;
use serde_json::json;
use taxiway_rollout::{RollbackRequest, roll_back};

use super::deployed::Deployed;
use crate::arguments::Rollback;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::progress::Progress;
use crate::rollout_conclusion::{conclude, stopped};
use crate::rollout_progress::RolloutProgress;
use crate::site::{state, target};
use crate::surroundings::Surroundings;
use crate::terminal::{Terminal, duration};

/// Warms the previous release, swaps, verifies.
pub(crate) async fn run(
    arguments: &Rollback,
    repository: Option<&Utf8Path>,
    surroundings: &Surroundings,
    terminal: &Terminal,
) -> Outcome {
    let mut progress = Progress::new(terminal);
    let deployed = Deployed::find(repository, &arguments.environment, surroundings).await?;
    let target = target(&deployed.connection, &deployed.provisioned.outputs)?;
    let state = state(&deployed.project.root, &arguments.environment);
    let request = RollbackRequest {
        to: None,
        allow: arguments.allow.clone(),
    };
    let shown = RolloutProgress::new(&mut progress);
    let result = roll_back(&target, &state, request, &|event| shown.show(event)).await;
    drop(shown);
    let conclusion = result.map_err(|error| stopped(&error))?;
    conclude(&conclusion, &arguments.environment)?;
    let Some(journal) = &conclusion.journal else {
        return Ok(Exit::Done);
    };
    let release = &journal.release;
    if terminal.is_json() {
        terminal.print_json(&json!({
            "schema": "taxiway.rollback/v1",
            "environment": arguments.environment,
            "release": release,
            "url": deployed.url(),
            "seconds": progress.elapsed().as_secs_f64(),
            "phases": progress.ended(),
        }));
    } else {
        terminal.say(format_args!(
            "\nrelease {release} serves again, in {}",
            duration(progress.elapsed())
        ));
        terminal.print(deployed.url());
    }
    Ok(Exit::Done)
}
