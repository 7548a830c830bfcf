//! What a rollout tells while it goes on; the CLI renders it.

use std::time::Duration;

use serde::Serialize;

use crate::phase::PhaseName;

/// Takes the events of a rollout.
pub type Report<'a> = &'a (dyn Fn(&Progress) + Send + Sync);

/// One event.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Progress {
    /// An unfinished rollout of an earlier call goes on.
    Resumed {
        /// Its release.
        release: String,
        /// Where it goes on.
        phase: PhaseName,
    },
    /// A phase began.
    Started {
        /// The phase.
        phase: PhaseName,
    },
    /// A line about what is going on; the next one replaces it.
    Note {
        /// The phase.
        phase: PhaseName,
        /// The line.
        text: String,
    },
    /// A phase ended well.
    Finished {
        /// The phase.
        phase: PhaseName,
        /// What it achieved, in one line.
        text: String,
        /// How long it took.
        duration: Duration,
    },
    /// A phase ended badly.
    Failed {
        /// The phase.
        phase: PhaseName,
        /// What happened, in one line.
        text: String,
        /// The cause, in one line.
        cause: Option<String>,
        /// How long it took.
        duration: Duration,
    },
}
