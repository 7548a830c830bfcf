//! Every release of the fixtures that must not go live: the previous one serves throughout, and the cause is named.

use taxiway_test::{Phase, cases};

use crate::load::Load;
use crate::world::World;

#[test]
fn a_bad_release_never_goes_live() {
    let world = World::up();
    let serving = world.serving();
    let mut wrong = Vec::new();
    for case in cases().into_iter().filter(|case| !case.is_good()) {
        let load = Load::start(&world, "/api/products/");
        let commit = world.shop.apply(&case);
        let ran = world.run(&["up", "--yes"]);
        println!(
            "{}: exit code {} after {:.1} s",
            case.name,
            ran.code,
            ran.took.as_secs_f64()
        );
        world.shop.revert(&commit);
        let counts = load.stop();
        let mut problems = Vec::new();
        if ran.code != case.exit {
            problems.push(format!("exit code {} instead of {}", ran.code, case.exit));
        }
        let missing = case.missing_from(&ran.stderr);
        if !missing.is_empty() {
            problems.push(format!("does not name {missing:?}"));
        }
        if let Some(phase) = &case.phase
            && *phase != Phase::Check
            && !ran
                .stderr
                .lines()
                .any(|line| line.trim_start().starts_with(&phase.to_string()))
        {
            problems.push(format!("no line of the phase {phase}"));
        }
        if !counts.failures.is_empty() {
            problems.push(format!(
                "{} of {} requests failed: {}",
                counts.failures.len(),
                counts.sent,
                counts.failures[0]
            ));
        }
        if world.serving() != serving {
            problems.push(format!("serves {} instead of {serving}", world.serving()));
        }
        if !problems.is_empty() {
            wrong.push(format!(
                "{}: {}\n{}",
                case.name,
                problems.join("; "),
                ran.stderr
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    let again = world.run(&["up", "--yes"]).succeeds();
    assert_eq!(world.serving(), serving, "{}", again.stderr);
}
