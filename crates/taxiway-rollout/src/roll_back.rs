//! Bringing an earlier release back.

use crate::{
    conclusion::{Conclusion, RolloutError},
    history::{History, ReleaseRecord},
    journal::{Journal, RolloutKind, Source},
    phase::{Ending, Refusal},
    progress::Report,
    release::ReleaseId,
    roll_out::settle,
    runner::Runner,
    state::StateDirectory,
    target::{Serving, Target},
};

/// What is to be brought back.
#[derive(Clone, Debug, Default)]
pub struct RollbackRequest {
    /// The release; without one, that which served before.
    pub to: Option<ReleaseId>,
    /// The migrations that are allowed although the earlier release does not know them.
    pub allow: Vec<String>,
}

/// What a rollback would do, found out without changing anything.
#[derive(Clone, Debug)]
pub struct RollbackPlan {
    /// The release that serves.
    pub serving: ReleaseId,
    /// The release that would serve.
    pub release: ReleaseId,
    /// Where its content is: in the slot it takes seconds, otherwise the site builds it again.
    pub source: Source,
    record: ReleaseRecord,
}

/// Finds out what a rollback would do, or why there can be none. Changes nothing.
///
/// # Errors
/// When the state can't be read.
pub async fn plan_rollback<T: Target>(
    target: &T,
    state: &StateDirectory,
    request: &RollbackRequest,
) -> Result<Result<RollbackPlan, Refusal>, RolloutError> {
    let history = state.history()?;
    Ok(plan(target, state, &history, request).await)
}

async fn plan<T: Target>(
    target: &T,
    state: &StateDirectory,
    history: &History,
    request: &RollbackRequest,
) -> Result<RollbackPlan, Refusal> {
    let serving = serving(target, history).await?;
    let record = history
        .way_back(&serving, request.to.as_ref(), &request.allow)?
        .clone();
    let source = find(target, state, &record).await?;
    Ok(RollbackPlan {
        serving,
        release: record.release.clone(),
        source,
        record,
    })
}

/// What serves: production's own word, else the history's.
async fn serving<T: Target>(target: &T, history: &History) -> Result<ReleaseId, Refusal> {
    let answer = target
        .serving()
        .await
        .map_err(|failure| Refusal::new(failure.line()))?;
    let known = || history.serving().map(|record| record.release.clone());
    match answer {
        Serving::Nothing => Err(Refusal::new(
            "nothing serves, so there is nothing to go back from",
        )
        .hint("taxiway up")),
        Serving::Release { id, .. } => Ok(id),
        Serving::Unknown { reason } => known()
            .ok_or_else(|| Refusal::new(format!("which release serves is not known: {reason}"))),
    }
}

/// Where the content of a release still is: in the slot, in a kept package, in the platform's own history.
async fn find<T: Target>(
    target: &T,
    state: &StateDirectory,
    record: &ReleaseRecord,
) -> Result<Source, Refusal> {
    let refuse = |failure: crate::failure::Failure| Refusal::new(failure.line());
    if target.candidate().await.map_err(refuse)?.as_ref() == Some(&record.release) {
        return Ok(Source::Slot);
    }
    if state.has_package(&record.release) {
        return Ok(Source::Package);
    }
    if let Some(id) = &record.deployment
        && target.has_deployment(id).await.map_err(refuse)?
    {
        return Ok(Source::Deployment { id: id.clone() });
    }
    let reason = format!(
        "release {} is neither in the slot nor kept anywhere",
        record.release
    );
    let refusal = Refusal::new(reason);
    Err(match &record.commit {
        Some(commit) => refusal.hint(format!("check out {commit}, then deploy it")),
        None => refusal,
    })
}

/// Brings an earlier release back: warms it, swaps, verifies; or leaves the serving one in place.
///
/// An unfinished rollout that may have touched production is brought to its end first.
///
/// # Errors
/// When the state can't be used, or another process is rolling out.
pub async fn roll_back<T: Target>(
    target: &T,
    state: &StateDirectory,
    request: RollbackRequest,
    report: Report<'_>,
) -> Result<Conclusion, RolloutError> {
    let _lock = state.lock()?;
    if let Some(conclusion) = resume(target, state, report).await? {
        return Ok(conclusion);
    }
    let history = state.history()?;
    let plan = match plan(target, state, &history, &request).await {
        Ok(plan) => plan,
        Err(refusal) => {
            return Ok(Conclusion {
                journal: None,
                ending: Ending::Refused { refusal },
            });
        }
    };
    let mut journal = Journal::begin(
        RolloutKind::Rollback,
        plan.release,
        plan.source,
        plan.record.migrations,
    );
    journal.commit = plan.record.commit;
    journal.allowed = request.allow;
    journal.plan.in_slot = journal.source == Source::Slot;
    Runner::new(target, state, report, journal).run().await
}

/// Carries on a rollback that was interrupted; an interrupted deployment is settled.
async fn resume<T: Target>(
    target: &T,
    state: &StateDirectory,
    report: Report<'_>,
) -> Result<Option<Conclusion>, RolloutError> {
    let unfinished = state
        .journal()?
        .filter(|journal| journal.ending().is_none());
    let was_rollback = unfinished.is_some_and(|journal| {
        journal.kind == RolloutKind::Rollback && journal.position.may_have_shifted()
    });
    settle(target, state, None, report).await?;
    if !was_rollback {
        return Ok(None);
    }
    let journal = state.journal()?;
    Ok(journal.and_then(|journal| {
        Some(Conclusion {
            ending: journal.ending()?.clone(),
            journal: Some(journal),
        })
    }))
}
