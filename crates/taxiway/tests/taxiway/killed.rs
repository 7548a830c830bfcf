//! `kill -9` of the program and of the local cloud at every step: the same command again ends in a consistent state.

use std::collections::BTreeSet;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use taxiway_test::case;

use crate::world::{World, wait_until};

/// What the killed step looks like from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// The first file of `up` is written.
    Written,
    /// The local cloud answers, and nothing is provisioned yet.
    CloudReady,
    /// The journal says so.
    Phase(&'static str),
}

const MOMENTS: [Moment; 9] = [
    Moment::Written,
    Moment::CloudReady,
    Moment::Phase("build"),
    Moment::Phase("stage"),
    Moment::Phase("restore-point"),
    Moment::Phase("migrate"),
    Moment::Phase("warm"),
    Moment::Phase("shift"),
    Moment::Phase("verify"),
];

#[derive(Clone, Copy, Debug)]
enum Victim {
    Program,
    Cloud,
}

#[test]
fn the_program_may_be_killed_at_every_step_of_the_first_run() {
    for moment in MOMENTS {
        let world = World::new();
        interrupt(&world, moment, Victim::Program);
        let again = world.run(&["up", "--yes"]);
        assert_eq!(again.code, 0, "after {moment:?}: {}", again.stderr);
        consistent(&world, &format!("program killed at {moment:?}"));
    }
}

#[test]
fn program_and_cloud_may_be_killed_at_every_step_of_a_redeployment() {
    let world = World::up();
    let (status, _) = world.page("/");
    assert_eq!(status, 200);
    let mut releases = BTreeSet::from([world.serving()]);
    for victim in [Victim::Program, Victim::Cloud] {
        for moment in &MOMENTS[2..] {
            let case = case("safe-migration");
            let commit = world.shop.apply(&case);
            interrupt(&world, *moment, victim);
            let again = world.run(&["up", "--yes"]);
            assert_eq!(
                again.code, 0,
                "{victim:?} killed at {moment:?}: {}",
                again.stderr
            );
            consistent(&world, &format!("{victim:?} killed at {moment:?}"));
            releases.insert(world.serving());
            assert!(
                world.page("/").1.contains(case.shows.as_deref().unwrap()),
                "{victim:?} at {moment:?}"
            );
            world.shop.revert(&commit);
            world.run(&["up", "--yes"]).succeeds();
        }
    }
    assert_eq!(
        releases.len(),
        2,
        "a release is known by what it holds: {releases:?}"
    );
}

/// Starts `up` and kills the victim at the moment; returns when the program has ended.
fn interrupt(world: &World, moment: Moment, victim: Victim) {
    let before = journal(world).map(|journal| journal["id"].clone());
    let mut program = world.spawn(&["up", "--yes"]);
    let pid = i32::try_from(program.id()).expect("a process id");
    let reached = wait_until(|| {
        if program.try_wait().expect("it is our child").is_some() {
            return Some(false);
        }
        is_reached(world, moment, before.as_ref()).then_some(true)
    });
    // A step that was over before it was seen is no step to be killed at; the run went on and that is checked too.
    if reached == Some(true) {
        let target = match victim {
            Victim::Program => Some(pid),
            Victim::Cloud => world.cloud_pid(),
        };
        if let Some(target) = target {
            let _ = kill(Pid::from_raw(target), Signal::SIGKILL);
        }
    }
    let _ = program.wait_with_output().expect("it ends");
}

fn is_reached(world: &World, moment: Moment, before: Option<&Value>) -> bool {
    match moment {
        Moment::Written => world.shop.path().join("taxiway.toml").exists(),
        Moment::CloudReady => world.state().join("credentials.json").exists(),
        Moment::Phase(phase) => journal(world).is_some_and(|journal| {
            Some(&journal["id"]) != before && journal["position"]["phase"] == phase
        }),
    }
}

fn journal(world: &World) -> Option<Value> {
    let path = world.shop.path().join(".taxiway/state/local/journal.json");
    serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()
}

/// Served by one release that knows itself, with its tables and its journal at an end.
#[track_caller]
fn consistent(world: &World, what: &str) {
    let journal = journal(world).expect("a rollout was journalled");
    assert_eq!(journal["position"]["phase"], "ended", "{what}");
    let status = world.run(&["status", "--format", "json"]).succeeds().json();
    assert_eq!(status["ready"], true, "{what}: {status}");
    assert_eq!(status["serving"], world.serving().as_str(), "{what}");
    assert_eq!(world.page("/api/products/").0, 200, "{what}");
    assert_eq!(world.page("/account/login/").0, 200, "{what}");
}
