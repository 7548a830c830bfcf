//! Deploying a release.

use crate::{
    conclusion::{Conclusion, RolloutError},
    failure::{Failure, FailureKind},
    journal::{Journal, RolloutKind, Source},
    migration::MigrationRecord,
    package::Package,
    phase::{Ending, Phase, Refusal},
    progress::{Progress, Report},
    release::ReleaseId,
    runner::Runner,
    state::{StateDirectory, StateError},
    target::Target,
};

/// What is to be deployed.
#[derive(Clone, Debug)]
pub struct DeployRequest {
    /// The package.
    pub package: Package,
    /// The commit that it was made of.
    pub commit: Option<String>,
    /// The migrations of the app; `None` for an app without a database.
    pub migrations: Option<Vec<MigrationRecord>>,
    /// The migrations that are allowed although they break the serving release.
    pub allow: Vec<String>,
}

/// Makes a release the served one, or leaves the previous one in place.
///
/// After a crash the same call goes on where the journal stands. An unfinished rollout of another
/// release is brought to its end first if it may have touched production, and given up otherwise.
/// Dropping the future is like a crash.
///
/// # Errors
/// When the state can't be used, or another process is rolling out.
pub async fn roll_out<T: Target>(
    target: &T,
    state: &StateDirectory,
    request: DeployRequest,
    report: Report<'_>,
) -> Result<Conclusion, RolloutError> {
    let _lock = state.lock()?;
    let release = request.package.release.clone();
    if let Some(conclusion) = settle(target, state, Some(&release), report).await? {
        return Ok(conclusion);
    }
    let mut journal = Journal::begin(
        RolloutKind::Deploy,
        release,
        Source::Package,
        request.migrations.clone().unwrap_or_default(),
    );
    journal.commit = request.commit;
    journal.allowed = request.allow;
    journal.plan.migrates = request.migrations.is_some();
    if let Err(error) = state.keep_package(&request.package) {
        return Ok(not_kept(&error));
    }
    Runner::new(target, state, report, journal).run().await
}

/// Brings an unfinished rollout to its end. Returns its conclusion if it is what the call is about.
pub(crate) async fn settle<T: Target>(
    target: &T,
    state: &StateDirectory,
    wanted: Option<&ReleaseId>,
    report: Report<'_>,
) -> Result<Option<Conclusion>, RolloutError> {
    let Some(journal) = state
        .journal()?
        .filter(|journal| journal.ending().is_none())
    else {
        return Ok(None);
    };
    let same = journal.kind == RolloutKind::Deploy && wanted == Some(&journal.release);
    if journal.position == Phase::Build {
        // Nothing has happened yet that a new beginning would not do as well.
        return Ok(None);
    }
    if !same && !journal.position.may_have_shifted() {
        give_up(state, journal)?;
        return Ok(None);
    }
    if let Some(phase) = journal.position.name() {
        report(&Progress::Resumed {
            release: journal.release.to_string(),
            phase,
        });
    }
    let conclusion = Runner::new(target, state, report, journal).run().await?;
    Ok(Some(conclusion).filter(|_| same))
}

/// Ends a rollout that has not come as far as production.
fn give_up(state: &StateDirectory, mut journal: Journal) -> Result<(), StateError> {
    let failure = Failure::new(
        FailureKind::Platform,
        "it was interrupted, and then given up for another rollout",
    );
    journal.ended = Some(jiff::Timestamp::now());
    journal.position = Phase::Ended {
        ending: Ending::RolledBack { failure },
    };
    state.save_journal(&journal)?;
    state.archive_journal(&journal)
}

/// Without a kept package nothing is begun: a later step could not be repeated.
fn not_kept(error: &StateError) -> Conclusion {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    let refusal = Refusal {
        reason: error.to_string(),
        details: cause.into_iter().collect(),
        hints: vec!["make room on the disk, then run the same command".to_owned()],
    };
    Conclusion {
        journal: None,
        ending: Ending::Refused { refusal },
    }
}
