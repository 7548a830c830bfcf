//! A release becoming the served one, or the previous one staying it: blue-green on slots.
//!
//! [`phase`](Plan::step) decides, [`roll_out`] and [`roll_back`] act through the one trait [`Target`],
//! the [`StateDirectory`] remembers. Every step can be repeated; a process that is killed anywhere and
//! started again ends in the new release or in the old one.

mod app_service;
mod census;
mod conclusion;
mod crash;
mod failure;
mod gate;
mod history;
mod journal;
mod migration;
mod package;
mod phase;
mod progress;
mod provision;
mod release;
mod roll_back;
mod roll_out;
mod runner;
mod state;
mod target;

pub use app_service::{AppService, Patience, StartPage};
pub use conclusion::{Conclusion, RolloutError};
pub use failure::{Failure, FailureKind};
pub use history::{History, ReleaseRecord, ReleaseState};
pub use journal::{Facts, Journal, RolloutKind, Source, Step};
pub use migration::{Hazard, MigrationRecord};
pub use package::{Package, PackageError, PackageFile, ReadPackageError};
pub use phase::{Action, Ending, Event, Phase, PhaseName, Plan, Refusal};
pub use progress::{Progress, Report};
pub use provision::{
    Infrastructure, ProvisionError, Provisioned, SecretParameter, SecretValue, deployed,
};
pub use release::{InvalidReleaseId, ReleaseId};
pub use roll_back::{RollbackPlan, RollbackRequest, plan_rollback, roll_back};
pub use roll_out::{DeployRequest, roll_out};
pub use state::{StateDirectory, StateError, StateLock};
pub use target::{
    AppliedMigration, Content, MigrationReport, Note, Published, RestorePoint, Roll, Serving,
    SwapState, Target,
};
