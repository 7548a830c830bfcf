//! The actions of the phases before and after the swap.

use std::sync::{Mutex, PoisonError};

use super::{ActionResult, Done, Runner};
use crate::{
    failure::{Failure, FailureKind},
    gate,
    journal::{RolloutKind, Source},
    migration::{self, MigrationRecord},
    phase::{Action, Event, PhaseName, Refusal},
    progress::{Progress, Report},
    release::ReleaseId,
    target::{AppliedMigration, Content, Serving, Target},
};

impl<T: Target> Runner<'_, T> {
    pub(super) async fn perform(&mut self, action: Action) -> ActionResult {
        match action {
            Action::Prepare => self.prepare().await,
            Action::Publish => self.publish().await,
            Action::ProveRestorePoint => self.prove_restore_point().await,
            Action::Migrate => self.migrate().await,
            Action::CheckPrevious => self.check_previous().await,
            Action::Warm => self.warm().await,
            Action::Swap => self.swap().await,
            Action::Verify => self.verify().await,
            Action::SwapBack => self.swap_back().await,
            Action::RecordServed | Action::RecordRejected => Ok(Done::Well(String::new())),
        }
    }

    /// Asks what serves, and the gates. Changes nothing outside the journal.
    async fn prepare(&mut self) -> ActionResult {
        let serving = self.target.serving().await?;
        let history = self.state.history()?;
        let release = self.journal.release.clone();
        if let Serving::Release { id, ready } = &serving
            && *id == release
        {
            return Ok(Done::Otherwise(already(id, *ready)));
        }
        let known = history
            .serving()
            .map(|record| record.release.clone())
            .filter(|known| *known != release);
        let (previous, ready) = match serving {
            Serving::Nothing => (None, false),
            Serving::Release { id, ready } => (Some(id), ready),
            Serving::Unknown { .. } => (known, false),
        };
        let before: Option<Vec<MigrationRecord>> = previous
            .as_ref()
            .and_then(|previous| Some(history.served(previous)?.migrations.clone()));
        if self.journal.kind == RolloutKind::Deploy
            && let Some(previous) = &previous
            && let Some(refusal) = gate::refusal(
                previous,
                before.as_deref(),
                &self.journal.migrations,
                &self.journal.allowed,
            )
        {
            return Ok(Done::Otherwise(Event::Refused(refusal)));
        }
        let has_new = before
            .as_deref()
            .is_none_or(|before| !migration::added(&self.journal.migrations, before).is_empty());
        let plan = &mut self.journal.plan;
        plan.has_previous = previous.is_some();
        plan.previous_was_ready = ready;
        plan.protects = previous.is_some() && has_new;
        let text = match &previous {
            Some(previous) => format!("release {release} after {previous}"),
            None => format!("release {release}, the first"),
        };
        self.journal.previous = previous;
        Ok(Done::Well(text))
    }

    async fn publish(&mut self) -> ActionResult {
        let release = self.journal.release.clone();
        let content = match &self.journal.source {
            Source::Package | Source::Slot => Content::Package(self.state.package(&release)?),
            Source::Deployment { id } => Content::Deployment(id.clone()),
        };
        let note = note_of(self.report, PhaseName::Stage);
        let published = self.target.publish(&release, content, &note).await?;
        let text = published.summary.clone();
        self.journal.facts.published = Some(published);
        Ok(Done::Well(text))
    }

    async fn prove_restore_point(&mut self) -> ActionResult {
        // Taken once: after a crash in the migrations a newer point would hold half of them.
        if self.journal.facts.restore_point.is_none() {
            let note = note_of(self.report, PhaseName::Migrate);
            let point = self.target.restore_point(&self.journal.id, &note).await?;
            self.journal.facts.restore_point = Some(point);
        }
        let point = self.journal.facts.restore_point.as_ref();
        let time = point
            .map(|point| point.time.strftime("%H:%M:%S").to_string())
            .unwrap_or_default();
        Ok(Done::Well(format!("restore point {time} UTC")))
    }

    /// Runs the migrations; after a crash the run that was begun is waited for instead.
    async fn migrate(&mut self) -> ActionResult {
        let begun = self.journal.facts.migration_run.clone();
        if let Some(run) = begun
            && let Some(result) = self.finish_run(&run).await?
        {
            return result;
        }
        let run = self.target.start_migrations().await?;
        self.journal.facts.migration_run = Some(run.clone());
        self.save()?;
        match self.finish_run(&run).await? {
            Some(result) => result,
            None => Err(Failure::new(
                FailureKind::Migration,
                "the run of the migrations was stopped",
            )
            .into()),
        }
    }

    async fn finish_run(&mut self, run: &str) -> Result<Option<ActionResult>, Failure> {
        let note = note_of(self.report, PhaseName::Migrate);
        let Some(report) = self.target.finish_migrations(run, &note).await? else {
            return Ok(None);
        };
        let text = applied_text(&report.applied);
        self.journal.facts.applied = report.applied;
        Ok(Some(match report.failure {
            None => Ok(Done::Well(text)),
            Some(failure) => {
                let hint = self.restore_hint();
                Err(hint.into_iter().fold(failure, Failure::hint).into())
            }
        }))
    }

    fn restore_hint(&self) -> Option<String> {
        let point = self
            .journal
            .facts
            .restore_point
            .as_ref()
            .filter(|_| !self.journal.facts.applied.is_empty())?;
        Some(format!(
            "the database can be restored to {} ({})",
            point.time, point.proof
        ))
    }

    /// The release that serves must be well with the schema that the migrations have made.
    async fn check_previous(&mut self) -> ActionResult {
        let Some(previous) = self.journal.previous.clone() else {
            return Ok(Done::Well(String::new()));
        };
        let note = note_of(self.report, PhaseName::Migrate);
        match self.target.verify(&previous, &note).await {
            Ok(_) => Ok(Done::Well(format!(
                "release {previous} is well with the new schema"
            ))),
            Err(failure) => {
                let message = format!("release {previous} is not ready since the migrations ran");
                let worse = Failure::new(failure.kind, message).because(failure.line());
                Err(self
                    .restore_hint()
                    .into_iter()
                    .fold(worse, Failure::hint)
                    .into())
            }
        }
    }

    async fn warm(&mut self) -> ActionResult {
        let note = note_of(self.report, PhaseName::Warm);
        let roll = self.target.warm(&self.journal.release, &note).await?;
        let text = format!("{roll} answered ready");
        self.journal.facts.warmed = Some(roll);
        Ok(Done::Well(text))
    }

    async fn verify(&mut self) -> ActionResult {
        let note = note_of(self.report, PhaseName::Verify);
        let roll = self.target.verify(&self.journal.release, &note).await?;
        let text = format!("{roll} answered {}", self.journal.release);
        self.journal.facts.verified = Some(roll);
        Ok(Done::Well(text))
    }
}

/// Passes lines on to whoever watches, each once.
pub(super) fn note_of(report: Report<'_>, phase: PhaseName) -> impl Fn(&str) + Send + Sync {
    let last = Mutex::new(String::new());
    move |text: &str| {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if *last != text {
            text.clone_into(&mut last);
            let text = text.to_owned();
            report(&Progress::Note { phase, text });
        }
    }
}

fn already(release: &ReleaseId, ready: bool) -> Event {
    if ready {
        return Event::FoundServing;
    }
    Event::Refused(
        Refusal::new(format!(
            "release {release} serves already, and is not ready"
        ))
        .hint("see why: taxiway logs")
        .hint("or go back: taxiway rollback"),
    )
}

fn applied_text(applied: &[AppliedMigration]) -> String {
    match applied {
        [] => "no migration to apply".to_owned(),
        [one] => format!("{} applied", one.name),
        many => format!("{} migrations", many.len()),
    }
}
