//! How a call ended, and the exit code that says so.

use crate::{journal::Journal, phase::Ending, state::StateError};

/// The end of a rollout.
#[derive(Clone, Debug, PartialEq)]
pub struct Conclusion {
    /// What was done, step by step; absent when nothing was begun.
    pub journal: Option<Journal>,
    /// How it ended.
    pub ending: Ending,
}

/// Why a rollout could not be carried on at all; the same call again carries on.
#[derive(Debug, thiserror::Error)]
pub enum RolloutError {
    /// The state can't be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// The state became unusable in the middle.
    #[error("the rollout stopped in the middle")]
    Interrupted(#[source] StateError),
}

impl Conclusion {
    /// The exit code of the command line.
    pub fn exit_code(&self) -> u8 {
        match &self.ending {
            Ending::Served | Ending::AlreadyServed => 0,
            Ending::Refused { .. } => 4,
            Ending::RolledBack { .. } => 5,
            Ending::Failed { .. } => 6,
        }
    }
}

impl RolloutError {
    /// The exit code of the command line.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::State(_) => 4,
            Self::Interrupted(_) => 6,
        }
    }
}
