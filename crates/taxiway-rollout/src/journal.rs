//! The journal of a rollout: where it stands, what every step did, and how long it took.
//!
//! Invariant: it is saved before the action that it announces, so that a crash can be replayed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    migration::MigrationRecord,
    phase::{Ending, Phase, PhaseName, Plan},
    release::ReleaseId,
    target::{AppliedMigration, Published, RestorePoint, Roll, SwapState},
};

/// What a rollout is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RolloutKind {
    /// A release is deployed.
    Deploy,
    /// An earlier release is brought back.
    Rollback,
}

/// Where the content of the release is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum Source {
    /// In the package that is kept beside the journal.
    Package,
    /// In the candidate slot.
    Slot,
    /// In an earlier deployment of the platform.
    Deployment {
        /// Its id.
        id: String,
    },
}

/// What the steps found out, for the steps after them and for a resumed call.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// What became of the publishing.
    pub published: Option<Published>,
    /// The proven restore point.
    pub restore_point: Option<RestorePoint>,
    /// The run of the migrations.
    pub migration_run: Option<String>,
    /// The migrations that were applied.
    pub applied: Vec<AppliedMigration>,
    /// How the slots stood before the swap.
    pub before_shift: Option<SwapState>,
    /// How they stood before the swap back.
    pub before_back: Option<SwapState>,
    /// Who answered in the candidate slot.
    pub warmed: Option<Roll>,
    /// Who answered in production.
    pub verified: Option<Roll>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The phase it belongs to.
    pub phase: PhaseName,
    /// What was done: `publish`, `swap`.
    pub action: String,
    /// When it began.
    pub started: Timestamp,
    /// When it ended; absent if the process did first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// What it achieved, or why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// Whether it succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub succeeded: Option<bool>,
}

/// A rollout, from its beginning on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    /// `taxiway.journal/v1`.
    pub schema: String,
    /// Its id.
    pub id: String,
    /// What it is for.
    pub kind: RolloutKind,
    /// The release that is to serve.
    pub release: ReleaseId,
    /// The release that served before, if it is known.
    pub previous: Option<ReleaseId>,
    /// The commit of the release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Where its content is.
    pub source: Source,
    /// The migrations of the release.
    pub migrations: Vec<MigrationRecord>,
    /// The migrations that the user allowed by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// What is fixed about it.
    pub plan: Plan,
    /// Where it stands.
    pub position: Phase,
    /// What the steps found out.
    pub facts: Facts,
    /// What was done.
    pub steps: Vec<Step>,
}

impl Journal {
    /// The name and version of the format.
    pub const SCHEMA: &'static str = "taxiway.journal/v1";

    /// A rollout that is about to begin.
    pub(crate) fn begin(
        kind: RolloutKind,
        release: ReleaseId,
        source: Source,
        migrations: Vec<MigrationRecord>,
    ) -> Self {
        let started = Timestamp::now();
        Self {
            schema: Self::SCHEMA.to_owned(),
            id: format!("{}-{release}", started.strftime("%Y%m%dT%H%M%S%3fZ")),
            kind,
            release,
            previous: None,
            commit: None,
            source,
            migrations,
            allowed: Vec::new(),
            started,
            ended: None,
            plan: Plan::default(),
            position: Phase::Build,
            facts: Facts::default(),
            steps: Vec::new(),
        }
    }

    /// How it ended, if it has.
    pub fn ending(&self) -> Option<&Ending> {
        match &self.position {
            Phase::Ended { ending } => Some(ending),
            Phase::Build
            | Phase::Stage
            | Phase::RestorePoint
            | Phase::Migrate
            | Phase::Check { .. }
            | Phase::Warm
            | Phase::Shift
            | Phase::Verify
            | Phase::Back { .. } => None,
        }
    }

    pub(crate) fn start_step(&mut self, phase: PhaseName, action: &str) {
        self.steps.push(Step {
            phase,
            action: action.to_owned(),
            started: Timestamp::now(),
            ended: None,
            result: None,
            succeeded: None,
        });
    }

    pub(crate) fn end_step(&mut self, result: &str, succeeded: bool) {
        if let Some(step) = self.steps.last_mut() {
            step.ended = Some(Timestamp::now());
            step.result = Some(result.to_owned());
            step.succeeded = Some(succeeded);
        }
    }
}
