//! The swap and the swap back: the two actions that touch production.
//!
//! A swap done twice undoes itself, so each first finds out which way the slots stand: by the release
//! that production names, and where it names none, by whether a swap took place since the last look.

use std::time::Duration;

use taxiway_azure::pause;
use tokio::time::Instant;

use super::{ActionResult, Done, Runner, actions::note_of};
use crate::{
    failure::{Failure, FailureKind},
    phase::PhaseName,
    target::{SwapState, Target},
};

/// How long a swap that is under way may take. Source: App Service, time-outs of swap warm-up.
const SWAP_LIMIT: Duration = Duration::from_secs(15 * 60);

/// The pause between two looks at a swap that is under way.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

impl<T: Target> Runner<'_, T> {
    /// Exchanges the slots, unless this rollout did so before a crash.
    pub(super) async fn swap(&mut self) -> ActionResult {
        let state = self.settled().await?;
        if let Some(before) = self.journal.facts.before_shift.clone() {
            if self.is_shifted(&before, &state).await? {
                return Ok(self.shifted());
            }
        } else {
            self.journal.facts.before_shift = Some(state.clone());
            self.save()?;
        }
        let before = state;
        let Err(failure) = self.target.swap().await else {
            return Ok(self.shifted());
        };
        // The call failed; the swap itself may have gone through all the same.
        let state = self.settled().await?;
        if self.is_shifted(&before, &state).await? {
            return Ok(self.shifted());
        }
        Err(failure.into())
    }

    /// Brings the previous release back, if and only if this rollout put its own in place.
    pub(super) async fn swap_back(&mut self) -> ActionResult {
        let Some(before) = self.journal.facts.before_shift.clone() else {
            return Ok(Done::Well("nothing was shifted".to_owned()));
        };
        let state = self.settled().await?;
        let back_already = self
            .journal
            .facts
            .before_back
            .as_ref()
            .is_some_and(|seen| seen.last != state.last);
        if !back_already && self.is_shifted(&before, &state).await? {
            self.journal.facts.before_back = Some(state);
            self.save()?;
            self.swap_back_now().await?;
        }
        self.previous_serves().await
    }

    async fn swap_back_now(&self) -> Result<(), Failure> {
        let Err(failure) = self.target.swap().await else {
            return Ok(());
        };
        let state = self.settled().await?;
        let seen = self.journal.facts.before_back.as_ref();
        if seen.is_some_and(|seen| seen.last != state.last) {
            Ok(())
        } else {
            Err(failure)
        }
    }

    /// The way back counts when the previous release answers, as well as it did before.
    async fn previous_serves(&self) -> ActionResult {
        let Some(previous) = &self.journal.previous else {
            return Ok(Done::Well("nothing serves, as before".to_owned()));
        };
        if self.journal.plan.previous_was_ready {
            let note = note_of(self.report, PhaseName::Back);
            self.target.verify(previous, &note).await?;
        }
        Ok(Done::Well(format!("release {previous} serves")))
    }

    /// Whether production holds this rollout's release.
    async fn is_shifted(&self, before: &SwapState, now: &SwapState) -> Result<bool, Failure> {
        let serving = self.target.serving().await?;
        Ok(match serving.release() {
            Some(release) if *release == self.journal.release => true,
            Some(release) if Some(release) == self.journal.previous.as_ref() => false,
            Some(_) | None => before.last != now.last,
        })
    }

    /// Waits until no swap is under way.
    async fn settled(&self) -> Result<SwapState, Failure> {
        let deadline = Instant::now() + SWAP_LIMIT;
        loop {
            let state = self.target.swap_state().await?;
            if !state.running {
                return Ok(state);
            }
            if Instant::now() > deadline {
                return Err(Failure::new(
                    FailureKind::Timeout,
                    "a swap has been under way for 15 minutes",
                ));
            }
            pause(LOOK_AGAIN).await;
        }
    }

    fn shifted(&self) -> Done {
        Done::Well(format!("release {} serves", self.journal.release))
    }
}
