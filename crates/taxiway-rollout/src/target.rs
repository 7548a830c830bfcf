//! Where a release goes: the one boundary between the rollout and a platform.
//!
//! Every method can be called again after a crash in the middle of an earlier call, and then ends in
//! the same state, except [`Target::swap`], whose caller looks first which way the slots stand.

use std::{fmt, future::Future};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::{failure::Failure, release::ReleaseId};

/// Takes lines about what is going on.
pub type Note<'a> = &'a (dyn Fn(&str) + Send + Sync);

/// What production answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Serving {
    /// Nothing was ever deployed.
    Nothing,
    /// A release answers.
    Release {
        /// Its id.
        id: ReleaseId,
        /// Whether it says that it is ready.
        ready: bool,
    },
    /// Something is there and does not tell what it is.
    Unknown {
        /// Why.
        reason: String,
    },
}

impl Serving {
    /// The release, if it is known.
    pub fn release(&self) -> Option<&ReleaseId> {
        match self {
            Self::Release { id, .. } => Some(id),
            Self::Nothing | Self::Unknown { .. } => None,
        }
    }
}

/// Where the content of a release comes from.
#[derive(Clone, Debug)]
pub enum Content {
    /// A package that is uploaded.
    Package(Bytes),
    /// A deployment that the platform still has.
    Deployment(String),
}

/// What became of a publishing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The platform's id for it, by which it can be put in place again.
    pub deployment: Option<String>,
    /// A line about the build: `38 packages`.
    pub summary: String,
    /// Whether the new release answered already; false when it waits for its migrations.
    pub answering: bool,
}

/// A proven point to which the database can go back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestorePoint {
    /// The time that it restores.
    pub time: jiff::Timestamp,
    /// The backup's name, if one was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
    /// Why it counts as proven.
    pub proof: String,
}

/// A migration that was applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppliedMigration {
    /// `orders.0007_drop_note`, or the revision of Alembic.
    pub name: String,
    /// How long it took, where the runner says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
}

/// What the migration run did.
#[derive(Clone, Debug, PartialEq)]
pub struct MigrationReport {
    /// What was applied, in order; also of a run that failed later.
    pub applied: Vec<AppliedMigration>,
    /// Why the run failed.
    pub failure: Option<Failure>,
}

/// Who answered with the release and ready.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roll {
    /// How many machines.
    pub instances: usize,
    /// How many worker processes on all of them.
    pub workers: usize,
}

impl fmt::Display for Roll {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count: usize, word: &str| {
            format!("{count} {word}{}", if count == 1 { "" } else { "s" })
        };
        write!(
            formatter,
            "{} on {}",
            plural(self.workers, "worker"),
            plural(self.instances, "instance")
        )
    }
}

/// The state of the two slots towards each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwapState {
    /// Names the last finished swap; another value means that another swap took place.
    pub last: Option<String>,
    /// Whether a swap is under way.
    pub running: bool,
}

/// A place with a production slot and a candidate slot.
pub trait Target: Send + Sync {
    /// Asks production what it serves.
    fn serving(&self) -> impl Future<Output = Result<Serving, Failure>> + Send;

    /// Asks the candidate slot which release it holds.
    fn candidate(&self) -> impl Future<Output = Result<Option<ReleaseId>, Failure>> + Send;

    /// Whether the platform still has the content of an earlier deployment.
    fn has_deployment(
        &self,
        deployment: &str,
    ) -> impl Future<Output = Result<bool, Failure>> + Send;

    /// Puts the release into the candidate slot, waits for the build and for the first answer.
    fn publish(
        &self,
        release: &ReleaseId,
        content: Content,
        note: Note<'_>,
    ) -> impl Future<Output = Result<Published, Failure>> + Send;

    /// Proves that the database can go back to now.
    fn restore_point(
        &self,
        rollout: &str,
        note: Note<'_>,
    ) -> impl Future<Output = Result<RestorePoint, Failure>> + Send;

    /// Starts the migrations in the candidate slot, or finds the run that is going on; returns its id.
    fn start_migrations(&self) -> impl Future<Output = Result<String, Failure>> + Send;

    /// Waits for a run of the migrations. `None`: the run is not known (any more), or was stopped.
    fn finish_migrations(
        &self,
        run: &str,
        note: Note<'_>,
    ) -> impl Future<Output = Result<Option<MigrationReport>, Failure>> + Send;

    /// Waits until every worker of the candidate slot has answered with the release and ready.
    fn warm(
        &self,
        release: &ReleaseId,
        note: Note<'_>,
    ) -> impl Future<Output = Result<Roll, Failure>> + Send;

    /// How the slots stand towards each other.
    fn swap_state(&self) -> impl Future<Output = Result<SwapState, Failure>> + Send;

    /// Exchanges candidate and production, once.
    fn swap(&self) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Waits until every instance and worker of production has answered with the release and ready.
    fn verify(
        &self,
        release: &ReleaseId,
        note: Note<'_>,
    ) -> impl Future<Output = Result<Roll, Failure>> + Send;
}
