//! The state machine of a rollout: which phase follows which event, and what is to be done.
//!
//! Pure. Each phase has one action, which can be done again; a crash replays the action of the phase
//! that was saved last. Invariants: production is touched in `Shift` and `Back` alone, and `Back` is
//! reached only from `Shift` and `Verify`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// Where a rollout stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    /// The gates are asked and the package is kept; nothing has changed yet.
    Build,
    /// The release goes into the candidate slot.
    Stage,
    /// The database's restore point is proven.
    RestorePoint,
    /// The migrations run.
    Migrate,
    /// The serving release is tried against the new schema.
    Check {
        /// Why the migrations failed, if they did.
        failure: Option<Failure>,
    },
    /// Every worker of the candidate slot has to answer.
    Warm,
    /// The slots are exchanged.
    Shift,
    /// Every worker of production has to answer.
    Verify,
    /// The slots are exchanged again, if they were exchanged at all.
    Back {
        /// Why.
        failure: Failure,
    },
    /// It has ended.
    Ended {
        /// How.
        ending: Ending,
    },
}

/// How a rollout ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ending", rename_all = "kebab-case")]
pub enum Ending {
    /// The release serves.
    Served,
    /// It served already.
    AlreadyServed,
    /// A gate was closed; nothing was changed.
    Refused {
        /// Why.
        refusal: Refusal,
    },
    /// The previous release serves.
    RolledBack {
        /// Why.
        failure: Failure,
    },
    /// Neither is certain, or there was no previous release.
    Failed {
        /// Why.
        failure: Failure,
        /// Why the previous release could not be brought back, if that was tried.
        restoring: Option<Failure>,
    },
}

/// Why nothing was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// One line.
    pub reason: String,
    /// More lines: each migration, each cause.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
    /// What to do, each a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
}

impl Refusal {
    /// A refusal with one line.
    pub fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            details: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// The same with another line of advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

/// The phases as a user sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PhaseName {
    /// Gates and package.
    Build,
    /// Publishing and the site's build.
    Stage,
    /// Restore point, migrations, and the old release against the new schema.
    Migrate,
    /// Every worker of the candidate.
    Warm,
    /// The swap.
    Shift,
    /// Every worker of production.
    Verify,
    /// The way back.
    Back,
}

impl fmt::Display for PhaseName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Build => "build",
            Self::Stage => "stage",
            Self::Migrate => "migrate",
            Self::Warm => "warm",
            Self::Shift => "shift",
            Self::Verify => "verify",
            Self::Back => "back",
        })
    }
}

impl Phase {
    /// The phase as a user sees it; none once it has ended.
    pub fn name(&self) -> Option<PhaseName> {
        match self {
            Self::Build => Some(PhaseName::Build),
            Self::Stage => Some(PhaseName::Stage),
            Self::RestorePoint | Self::Migrate | Self::Check { .. } => Some(PhaseName::Migrate),
            Self::Warm => Some(PhaseName::Warm),
            Self::Shift => Some(PhaseName::Shift),
            Self::Verify => Some(PhaseName::Verify),
            Self::Back { .. } => Some(PhaseName::Back),
            Self::Ended { .. } => None,
        }
    }

    /// Whether production may have been touched: before that, a rollout can be given up as it is.
    pub fn may_have_shifted(&self) -> bool {
        match self {
            Self::Shift | Self::Verify | Self::Back { .. } => true,
            Self::Build
            | Self::Stage
            | Self::RestorePoint
            | Self::Migrate
            | Self::Check { .. }
            | Self::Warm
            | Self::Ended { .. } => false,
        }
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A call begins, or begins again after a crash.
    Begun,
    /// The action of the phase succeeded.
    Succeeded,
    /// The release serves already, in full.
    FoundServing,
    /// A gate is closed.
    Refused(Refusal),
    /// The action of the phase failed.
    Failed(Failure),
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Ask the gates, keep the package, note what serves.
    Prepare,
    /// Put the release into the candidate slot.
    Publish,
    /// Prove the restore point.
    ProveRestorePoint,
    /// Run the migrations.
    Migrate,
    /// Ask the serving release whether it is still ready.
    CheckPrevious,
    /// Wait for every worker of the candidate slot.
    Warm,
    /// Exchange the slots, unless this rollout did so already.
    Swap,
    /// Wait for every worker of production.
    Verify,
    /// Exchange the slots again, if and only if this rollout exchanged them.
    SwapBack,
    /// Note the release as served.
    RecordServed,
    /// Note the release as rejected.
    RecordRejected,
}

/// What is fixed before the phase that it decides about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The release is in the candidate slot already (a rollback).
    pub in_slot: bool,
    /// The migrations of the release are to be run.
    pub migrates: bool,
    /// There is data to protect: a release serves, and migrations may be new.
    pub protects: bool,
    /// A previous release exists.
    pub has_previous: bool,
    /// It was ready before the rollout began.
    pub previous_was_ready: bool,
}

impl Plan {
    /// The next phase and what to do in it.
    pub fn step(&self, phase: &Phase, event: &Event) -> (Phase, Vec<Action>) {
        match (phase, event) {
            // A call begins: the action of the saved phase is done (again).
            (phase, Event::Begun) => (phase.clone(), action_of(phase).into_iter().collect()),

            (Phase::Build, Event::Succeeded) if self.in_slot => enter(Phase::Warm),
            (Phase::Build, Event::Succeeded) => enter(Phase::Stage),
            (Phase::Build, Event::FoundServing) => {
                let ending = Ending::AlreadyServed;
                (Phase::Ended { ending }, vec![Action::RecordServed])
            }
            (Phase::Build, Event::Refused(refusal)) => end(Ending::Refused {
                refusal: refusal.clone(),
            }),
            (Phase::Build, Event::Failed(failure)) => end(Ending::Refused {
                refusal: closed_by(failure),
            }),

            (Phase::Stage, Event::Succeeded) if !self.migrates => enter(Phase::Warm),
            (Phase::Stage, Event::Succeeded) if self.protects => enter(Phase::RestorePoint),
            (Phase::Stage, Event::Succeeded) => enter(Phase::Migrate),
            (Phase::RestorePoint, Event::Succeeded) => enter(Phase::Migrate),
            (Phase::Migrate, Event::Succeeded) if self.checks_previous() => {
                enter(Phase::Check { failure: None })
            }
            (Phase::Migrate, Event::Succeeded) => enter(Phase::Warm),
            (Phase::Migrate, Event::Failed(failure)) if self.checks_previous() => {
                enter(Phase::Check {
                    failure: Some(failure.clone()),
                })
            }
            (Phase::Check { failure: None }, Event::Succeeded) => enter(Phase::Warm),
            (
                Phase::Check {
                    failure: Some(failure),
                },
                Event::Succeeded,
            ) => self.untouched(failure),
            (Phase::Check { failure: None }, Event::Failed(failure)) => failed(failure, None),
            (
                Phase::Check {
                    failure: Some(failure),
                },
                Event::Failed(restoring),
            ) => failed(failure, Some(restoring)),
            (Phase::Warm, Event::Succeeded) => enter(Phase::Shift),
            (
                Phase::Stage | Phase::RestorePoint | Phase::Migrate | Phase::Warm,
                Event::Failed(failure),
            ) => self.untouched(failure),

            (Phase::Shift, Event::Succeeded) => enter(Phase::Verify),
            (Phase::Verify, Event::Succeeded) => (
                Phase::Ended {
                    ending: Ending::Served,
                },
                vec![Action::RecordServed],
            ),
            (Phase::Shift | Phase::Verify, Event::Failed(failure)) => enter(Phase::Back {
                failure: failure.clone(),
            }),
            (Phase::Back { failure }, Event::Succeeded) => self.untouched(failure),
            (Phase::Back { failure }, Event::Failed(restoring)) => failed(failure, Some(restoring)),

            // Late events, and events that belong to another phase, change nothing.
            (Phase::Ended { .. }, _) | (_, Event::FoundServing | Event::Refused(_)) => {
                (phase.clone(), vec![])
            }
        }
    }

    /// The old release is asked only if it was well before: otherwise it proves nothing.
    fn checks_previous(&self) -> bool {
        self.has_previous && self.previous_was_ready
    }

    /// The end of a rollout that leaves production as it was.
    fn untouched(&self, failure: &Failure) -> (Phase, Vec<Action>) {
        if self.has_previous {
            let ending = Ending::RolledBack {
                failure: failure.clone(),
            };
            (Phase::Ended { ending }, vec![Action::RecordRejected])
        } else {
            failed(failure, None)
        }
    }
}

fn enter(phase: Phase) -> (Phase, Vec<Action>) {
    let actions = action_of(&phase).into_iter().collect();
    (phase, actions)
}

fn end(ending: Ending) -> (Phase, Vec<Action>) {
    (Phase::Ended { ending }, vec![])
}

fn failed(failure: &Failure, restoring: Option<&Failure>) -> (Phase, Vec<Action>) {
    let ending = Ending::Failed {
        failure: failure.clone(),
        restoring: restoring.cloned(),
    };
    (Phase::Ended { ending }, vec![Action::RecordRejected])
}

fn closed_by(failure: &Failure) -> Refusal {
    Refusal {
        reason: failure.message.clone(),
        details: failure.cause.iter().cloned().collect(),
        hints: failure.hint.iter().cloned().collect(),
    }
}

/// The action of a phase; none once it has ended.
fn action_of(phase: &Phase) -> Option<Action> {
    match phase {
        Phase::Build => Some(Action::Prepare),
        Phase::Stage => Some(Action::Publish),
        Phase::RestorePoint => Some(Action::ProveRestorePoint),
        Phase::Migrate => Some(Action::Migrate),
        Phase::Check { .. } => Some(Action::CheckPrevious),
        Phase::Warm => Some(Action::Warm),
        Phase::Shift => Some(Action::Swap),
        Phase::Verify => Some(Action::Verify),
        Phase::Back { .. } => Some(Action::SwapBack),
        Phase::Ended { .. } => None,
    }
}
