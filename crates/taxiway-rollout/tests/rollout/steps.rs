//! The state machine as a table.

use taxiway_rollout::{Action, Ending, Event, Failure, FailureKind, Phase, Plan, Refusal};

fn failure(message: &str) -> Failure {
    Failure::new(FailureKind::Boot, message)
}

fn plan() -> Plan {
    Plan {
        in_slot: false,
        migrates: true,
        protects: true,
        has_previous: true,
        previous_was_ready: true,
    }
}

fn shown(phase: &Phase) -> String {
    match phase {
        Phase::Build => "build".to_owned(),
        Phase::Stage => "stage".to_owned(),
        Phase::RestorePoint => "restore point".to_owned(),
        Phase::Migrate => "migrate".to_owned(),
        Phase::Check { failure: None } => "check".to_owned(),
        Phase::Check {
            failure: Some(failure),
        } => format!("check after {}", failure.message),
        Phase::Warm => "warm".to_owned(),
        Phase::Shift => "shift".to_owned(),
        Phase::Verify => "verify".to_owned(),
        Phase::Back { failure } => format!("back after {}", failure.message),
        Phase::Ended { ending } => match ending {
            Ending::Served => "served".to_owned(),
            Ending::AlreadyServed => "already served".to_owned(),
            Ending::Refused { refusal } => format!("refused: {}", refusal.reason),
            Ending::RolledBack { failure } => format!("rolled back: {}", failure.message),
            Ending::Failed {
                failure,
                restoring: None,
            } => format!("failed: {}", failure.message),
            Ending::Failed {
                failure,
                restoring: Some(restoring),
            } => format!("failed: {}, then {}", failure.message, restoring.message),
        },
    }
}

#[test]
fn every_phase_has_its_way_on_and_its_way_out() {
    let bad = || Event::Failed(failure("bad"));
    let (first, slot, no_database, unwell, nothing_new) = (
        Plan {
            has_previous: false,
            protects: false,
            previous_was_ready: false,
            ..plan()
        },
        Plan {
            in_slot: true,
            migrates: false,
            ..plan()
        },
        Plan {
            migrates: false,
            ..plan()
        },
        Plan {
            previous_was_ready: false,
            ..plan()
        },
        Plan {
            protects: false,
            ..plan()
        },
    );
    let check = |failed: bool| Phase::Check {
        failure: failed.then(|| failure("migration")),
    };
    let back = || Phase::Back {
        failure: failure("verify"),
    };
    let table = [
        (plan(), Phase::Build, Event::Succeeded, "stage"),
        (slot, Phase::Build, Event::Succeeded, "warm"),
        (plan(), Phase::Build, Event::FoundServing, "already served"),
        (
            plan(),
            Phase::Build,
            Event::Refused(Refusal::new("gate")),
            "refused: gate",
        ),
        (plan(), Phase::Build, bad(), "refused: bad"),
        (plan(), Phase::Stage, Event::Succeeded, "restore point"),
        (nothing_new, Phase::Stage, Event::Succeeded, "migrate"),
        (no_database, Phase::Stage, Event::Succeeded, "warm"),
        (plan(), Phase::Stage, bad(), "rolled back: bad"),
        (first, Phase::Stage, bad(), "failed: bad"),
        (plan(), Phase::RestorePoint, Event::Succeeded, "migrate"),
        (plan(), Phase::RestorePoint, bad(), "rolled back: bad"),
        (plan(), Phase::Migrate, Event::Succeeded, "check"),
        (unwell, Phase::Migrate, Event::Succeeded, "warm"),
        (first, Phase::Migrate, Event::Succeeded, "warm"),
        (plan(), Phase::Migrate, bad(), "check after bad"),
        (unwell, Phase::Migrate, bad(), "rolled back: bad"),
        (first, Phase::Migrate, bad(), "failed: bad"),
        (plan(), check(false), Event::Succeeded, "warm"),
        (plan(), check(false), bad(), "failed: bad"),
        (
            plan(),
            check(true),
            Event::Succeeded,
            "rolled back: migration",
        ),
        (plan(), check(true), bad(), "failed: migration, then bad"),
        (plan(), Phase::Warm, Event::Succeeded, "shift"),
        (plan(), Phase::Warm, bad(), "rolled back: bad"),
        (plan(), Phase::Shift, Event::Succeeded, "verify"),
        (plan(), Phase::Shift, bad(), "back after bad"),
        (plan(), Phase::Verify, Event::Succeeded, "served"),
        (plan(), Phase::Verify, bad(), "back after bad"),
        (plan(), back(), Event::Succeeded, "rolled back: verify"),
        (first, back(), Event::Succeeded, "failed: verify"),
        (plan(), back(), bad(), "failed: verify, then bad"),
        (plan(), Phase::Warm, Event::FoundServing, "warm"),
        (
            plan(),
            Phase::Ended {
                ending: Ending::Served,
            },
            bad(),
            "served",
        ),
    ];
    for (plan, phase, event, expected) in table {
        let (next, _) = plan.step(&phase, &event);
        assert_eq!(
            shown(&next),
            expected,
            "{} on {event:?} with {plan:?}",
            shown(&phase)
        );
    }
}

#[test]
fn only_the_shift_and_the_way_back_touch_production() {
    let touches = |action: &Action| matches!(action, Action::Swap | Action::SwapBack);
    let phases = [
        Phase::Build,
        Phase::Stage,
        Phase::RestorePoint,
        Phase::Migrate,
        Phase::Check { failure: None },
        Phase::Warm,
        Phase::Shift,
        Phase::Verify,
        Phase::Back {
            failure: failure("x"),
        },
        Phase::Ended {
            ending: Ending::Served,
        },
    ];
    for phase in phases {
        for event in [
            Event::Begun,
            Event::Succeeded,
            Event::FoundServing,
            Event::Refused(Refusal::new("r")),
            Event::Failed(failure("f")),
        ] {
            let (next, actions) = plan().step(&phase, &event);
            for action in actions.iter().filter(|action| touches(action)) {
                assert!(
                    matches!(next, Phase::Shift | Phase::Back { .. }),
                    "{action:?} in {}",
                    shown(&next)
                );
            }
            if matches!(next, Phase::Back { .. }) {
                assert!(phase.may_have_shifted(), "{} leads back", shown(&phase));
            }
        }
    }
}
