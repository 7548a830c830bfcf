//! The parts that workflows are made of.

use super::actions::{Action, CHECKOUT, RUNNER};
use crate::yaml::{Map, Value};

/// A step that uses an action.
pub(super) fn uses(name: &str, action: Action) -> Map {
    Map::new().with("name", name).with_note(
        "uses",
        format!("{}@{}", action.name, action.commit),
        action.tag,
    )
}

/// A step that runs a script.
pub(super) fn run(name: &str, script: &str) -> Map {
    Map::new()
        .with("name", name)
        .with("run", script_value(script))
}

/// A script as the value of `run`: on one line where it is one.
pub(super) fn script_value(script: &str) -> Value {
    let script = script.trim_end();
    if script.contains('\n') {
        Value::Block(script.to_owned())
    } else {
        script.into()
    }
}

/// The commit, without leaving the token behind in the Git configuration.
pub(super) fn checkout() -> Map {
    uses("Check out", CHECKOUT).with("with", Map::new().with("persist-credentials", false))
}

/// The beginning of every job: what it is called, where it runs, and for how long at most.
pub(super) fn job(name: &str, minutes: u32) -> Map {
    Map::new()
        .with("name", name)
        .with("runs-on", RUNNER)
        .with("timeout-minutes", minutes)
}

/// Scopes of the job's token, each with its reason.
pub(super) fn permissions(scopes: &[(&str, &str, &str)]) -> Map {
    scopes.iter().fold(Map::new(), |map, (scope, level, why)| {
        map.with_note(*scope, *level, *why)
    })
}

/// What a job needs that only reads the repository.
pub(super) fn reads() -> Map {
    permissions(&[("contents", "read", "checks the commit out")])
}

/// `defaults`: bash with `pipefail`, which the runner's own default lacks; in the folder of the service.
pub(super) fn defaults(folder: &str) -> Map {
    let run = Map::new().with("shell", "bash");
    let run = if folder == "." {
        run
    } else {
        run.with("working-directory", folder)
    };
    Map::new().with("run", run)
}

/// Jobs by name, each with its keys in the order in which people read them: when, where, with what rights, what.
pub(super) fn jobs(jobs: Vec<(&str, Map)>) -> Map {
    let mut all = Map::new();
    for (index, (name, job)) in jobs.into_iter().enumerate() {
        if index > 0 {
            all = all.blank();
        }
        all = all.with(name, job);
    }
    all.with_sorted_values(&ORDER)
}

/// The order of the keys of a job, and of a step.
pub(super) const ORDER: [&str; 19] = [
    "name",
    "needs",
    "id",
    "if",
    "runs-on",
    "timeout-minutes",
    "environment",
    "concurrency",
    "permissions",
    "strategy",
    "outputs",
    "defaults",
    "services",
    "uses",
    "with",
    "env",
    "shell",
    "working-directory",
    "run",
];
