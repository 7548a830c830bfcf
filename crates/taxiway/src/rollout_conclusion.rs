//! How the end of a rollout is told: what happened, the cause, what serves now, what to type.

use taxiway_platform::WebService;
use taxiway_rollout::{Conclusion, Ending, Refusal};

use crate::exit::Exit;
use crate::failure::Failure;

/// A rollout that could not be carried on at all.
pub(crate) fn stopped(error: &taxiway_rollout::RolloutError) -> Failure {
    let exit = if error.exit_code() == 4 {
        Exit::Refused
    } else {
        Exit::Failed
    };
    Failure::new(exit, "the rollout could not be carried on")
        .because(error)
        .next("the same again goes on", "taxiway up")
}

/// What commands about a service in an environment end with: `production`, or `production --service gateway`.
pub(crate) fn in_environment(environment: &str, web: &WebService) -> String {
    match &web.name {
        Some(name) => format!("{environment} --service {name}"),
        None => environment.to_owned(),
    }
}

/// Success, or the failure that tells how the rollout ended. `environment` is what the commands to type end with.
pub(crate) fn conclude(conclusion: &Conclusion, environment: &str) -> Result<(), Failure> {
    let Some(journal) = &conclusion.journal else {
        return unbegun(&conclusion.ending);
    };
    let release = &journal.release;
    let logs = |failure: Failure| {
        failure.next(
            "its log",
            format!("taxiway logs {environment} --release {release}"),
        )
    };
    match &conclusion.ending {
        Ending::Served | Ending::AlreadyServed => Ok(()),
        Ending::Refused { refusal } => Err(refused(refusal)),
        Ending::RolledBack { failure } => {
            let message = format!("release {release}: {}", failure.message);
            let previous = match &journal.previous {
                Some(previous) => format!("release {previous} serves; it never stopped"),
                None => "nothing served before, and nothing serves now".to_owned(),
            };
            let told = because(Failure::new(Exit::RolledBack, message), failure).detail(previous);
            Err(logs(told))
        }
        Ending::Failed { failure, restoring } => {
            let mut told = because(
                Failure::new(
                    Exit::Failed,
                    format!("release {release}: {}", failure.message),
                ),
                failure,
            );
            if let Some(restoring) = restoring {
                told = told.detail(format!(
                    "and the previous release could not be brought back: {}",
                    restoring.line()
                ));
            }
            Err(logs(told).next("where it stands", format!("taxiway status {environment}")))
        }
    }
}

/// The end of a rollout that was never begun.
fn unbegun(ending: &Ending) -> Result<(), Failure> {
    match ending {
        Ending::Served | Ending::AlreadyServed => Ok(()),
        Ending::Refused { refusal } => Err(refused(refusal)),
        Ending::RolledBack { failure } | Ending::Failed { failure, .. } => {
            Err(because(Failure::failed(failure.message.clone()), failure))
        }
    }
}

fn because(told: Failure, failure: &taxiway_rollout::Failure) -> Failure {
    let told = match &failure.cause {
        Some(cause) => told.detail(cause.clone()),
        None => told,
    };
    match &failure.hint {
        Some(hint) => told.detail(hint.clone()),
        None => told,
    }
}

/// A gate that is closed, as a failure.
pub(crate) fn refused(refusal: &Refusal) -> Failure {
    let mut failure =
        Failure::refused(refusal.reason.clone()).details(refusal.details.iter().cloned());
    for hint in &refusal.hints {
        failure = failure.next("try", hint.clone());
    }
    failure
}
