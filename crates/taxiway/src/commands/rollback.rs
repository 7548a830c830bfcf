//! `taxiway rollback`: the previous release, in seconds.

use camino::Utf8Path;
use serde_json::json;
use taxiway_platform::Platform;
use taxiway_rollout::{RollbackRequest, roll_back};

use super::deployed::Deployed;
use crate::arguments::Rollback;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::progress::Progress;
use crate::rollout_conclusion::{conclude, in_environment, stopped};
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
    let web = &chosen(arguments, &deployed)?.service;
    let target = target(&deployed.connection, &deployed.provisioned.outputs, web)?;
    let state = state(&deployed.project.root, &arguments.environment, web);
    let request = RollbackRequest {
        to: None,
        allow: arguments.allow.clone(),
    };
    let shown = RolloutProgress::new(&mut progress);
    let result = roll_back(&target, &state, request, &|event| shown.show(event)).await;
    drop(shown);
    let conclusion = result.map_err(|error| stopped(&error))?;
    conclude(&conclusion, &in_environment(&arguments.environment, web))?;
    let Some(journal) = &conclusion.journal else {
        return Ok(Exit::Done);
    };
    let release = &journal.release;
    if terminal.is_json() {
        terminal.print_json(&json!({
            "schema": "taxiway.rollback/v1",
            "environment": arguments.environment,
            "service": web.title(),
            "release": release,
            "url": deployed.url(web),
            "seconds": progress.elapsed().as_secs_f64(),
            "phases": progress.ended(),
        }));
    } else {
        terminal.say(format_args!(
            "\nrelease {release} serves again, in {}",
            duration(progress.elapsed())
        ));
        terminal.print(deployed.url(web));
    }
    Ok(Exit::Done)
}

/// The service that is meant. Of several none is guessed: each has a release of its own to go back to.
fn chosen<'a>(arguments: &Rollback, deployed: &'a Deployed) -> Result<&'a Platform, Failure> {
    let project = &deployed.project;
    let names = project.service_names();
    if arguments.service.is_some() || names.len() == 1 {
        return project.service(arguments.service.as_deref());
    }
    let mut failure = Failure::usage(format!(
        "there are {} services, and each goes back by itself",
        names.len()
    ));
    for name in names {
        let command = format!(
            "taxiway rollback {} --service {name}",
            arguments.environment
        );
        failure = failure.next("bring back the release before", command);
    }
    Err(failure)
}
