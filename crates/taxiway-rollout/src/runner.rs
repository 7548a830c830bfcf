//! Carries a rollout through its phases: asks the state machine, saves, acts, and tells.
//!
//! Invariant: the phase is on disk before its action begins. The end is recorded in the history before
//! it is saved in the journal, so that a crash between the two records it again.

mod actions;
mod swap;

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    conclusion::{Conclusion, RolloutError},
    failure::Failure,
    history::{ReleaseRecord, ReleaseState},
    journal::Journal,
    phase::{Action, Ending, Event, Phase, PhaseName},
    progress::{Progress, Report},
    state::{StateDirectory, StateError},
    target::Target,
};

/// One rollout on its way.
pub(crate) struct Runner<'a, T> {
    pub(crate) target: &'a T,
    pub(crate) state: &'a StateDirectory,
    pub(crate) report: Report<'a>,
    pub(crate) journal: Journal,
    current: Option<Current>,
}

/// The phase that the user sees.
struct Current {
    name: PhaseName,
    since: Instant,
    texts: Vec<String>,
}

/// What an action came to.
pub(crate) enum Done {
    /// It succeeded; the text says what was achieved.
    Well(String),
    /// Something else than success or failure.
    Otherwise(Event),
}

pub(crate) type ActionResult = Result<Done, Stop>;

/// Why an action ended early.
pub(crate) enum Stop {
    /// The step failed.
    Failed(Failure),
    /// The state can't be written, so nothing more may be done.
    State(StateError),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<StateError> for Stop {
    fn from(error: StateError) -> Self {
        Self::State(error)
    }
}

impl<'a, T: Target> Runner<'a, T> {
    pub(crate) fn new(
        target: &'a T,
        state: &'a StateDirectory,
        report: Report<'a>,
        journal: Journal,
    ) -> Self {
        Self {
            target,
            state,
            report,
            journal,
            current: None,
        }
    }

    /// Goes on from where the journal stands until the end.
    pub(crate) async fn run(mut self) -> Result<Conclusion, RolloutError> {
        let mut event = Event::Begun;
        loop {
            let (phase, actions) = self.journal.plan.step(&self.journal.position, &event);
            self.tell(&phase, &event);
            if let Phase::Ended { ending } = &phase {
                let ending = ending.clone();
                return self
                    .end(ending, &actions)
                    .map_err(RolloutError::Interrupted);
            }
            self.journal.position = phase;
            let Some(action) = actions.first().copied() else {
                // A phase that is entered always has an action, so this event was none of its own.
                event = Event::Begun;
                continue;
            };
            event = self.act(action).await?;
        }
    }

    async fn act(&mut self, action: Action) -> Result<Event, RolloutError> {
        let untouched = self.journal.position == Phase::Build;
        let stopped = |error| {
            if untouched {
                RolloutError::State(error)
            } else {
                RolloutError::Interrupted(error)
            }
        };
        if let Some(name) = self.journal.position.name() {
            self.journal.start_step(name, action_name(action));
        }
        self.save().map_err(stopped)?;
        let (event, text) = match self.perform(action).await {
            Ok(Done::Well(text)) => (Event::Succeeded, text),
            Ok(Done::Otherwise(Event::Refused(refusal))) => {
                let reason = refusal.reason.clone();
                (Event::Refused(refusal), reason)
            }
            Ok(Done::Otherwise(event)) => (event, "nothing to do".to_owned()),
            Err(Stop::Failed(failure)) => {
                let line = failure.line();
                (Event::Failed(failure), line)
            }
            Err(Stop::State(error)) => return Err(stopped(error)),
        };
        let succeeded = matches!(event, Event::Succeeded | Event::FoundServing);
        self.journal.end_step(&text, succeeded);
        if succeeded && let Some(current) = &mut self.current {
            current.texts.push(text);
        }
        Ok(event)
    }

    pub(crate) fn save(&self) -> Result<(), StateError> {
        self.state.save_journal(&self.journal)
    }

    /// Records the end; everything here can be done twice.
    fn end(mut self, ending: Ending, actions: &[Action]) -> Result<Conclusion, StateError> {
        self.journal.ended.get_or_insert_with(jiff::Timestamp::now);
        for action in actions {
            self.record(*action, &ending)?;
        }
        self.journal.position = Phase::Ended {
            ending: ending.clone(),
        };
        self.save()?;
        self.state.archive_journal(&self.journal)?;
        Ok(Conclusion {
            journal: Some(self.journal),
            ending,
        })
    }

    fn record(&self, action: Action, ending: &Ending) -> Result<(), StateError> {
        let state = match (action, ending) {
            (Action::RecordServed, Ending::AlreadyServed) if self.is_recorded()? => return Ok(()),
            (Action::RecordServed, _) => ReleaseState::Served,
            (
                Action::RecordRejected,
                Ending::RolledBack { failure } | Ending::Failed { failure, .. },
            ) => ReleaseState::Rejected {
                reason: failure.line(),
            },
            _ => return Ok(()),
        };
        let journal = &self.journal;
        let mut history = self.state.history()?;
        history.record(ReleaseRecord {
            release: journal.release.clone(),
            rollout: journal.id.clone(),
            kind: journal.kind,
            time: journal.ended.unwrap_or(journal.started),
            commit: journal.commit.clone(),
            migrations: journal.migrations.clone(),
            deployment: journal
                .facts
                .published
                .as_ref()
                .and_then(|published| published.deployment.clone()),
            state,
        });
        self.state.save_history(&history)?;
        self.state.prune_packages(&history, &journal.release)
    }

    /// Whether the history knows that the release serves; a call that broke off may not have told it.
    fn is_recorded(&self) -> Result<bool, StateError> {
        let history = self.state.history()?;
        Ok(history
            .serving()
            .is_some_and(|record| record.release == self.journal.release))
    }

    /// Tells the end of one phase and the beginning of the next.
    fn tell(&mut self, next: &Phase, event: &Event) {
        let name = next.name();
        let same = self
            .current
            .as_ref()
            .is_some_and(|current| Some(current.name) == name);
        if same {
            return;
        }
        if let Some(current) = self.current.take() {
            let duration = current.since.elapsed();
            (self.report)(&ended(current, event, next, duration));
        }
        if let Some(name) = name {
            (self.report)(&Progress::Started { phase: name });
            self.current = Some(Current {
                name,
                since: Instant::now(),
                texts: Vec::new(),
            });
        }
    }
}

fn ended(current: Current, event: &Event, next: &Phase, duration: Duration) -> Progress {
    let phase = current.name;
    let bad = match (event, next) {
        (Event::Failed(failure), _) => Some((failure.message.clone(), failure.cause.clone())),
        (Event::Refused(refusal), _) => Some((refusal.reason.clone(), None)),
        // The migrations failed, and the previous release was found well after that.
        (
            _,
            Phase::Ended {
                ending: Ending::RolledBack { failure },
            },
        ) if phase == PhaseName::Migrate => Some((failure.message.clone(), failure.cause.clone())),
        _ => None,
    };
    match bad {
        Some((text, cause)) => Progress::Failed {
            phase,
            text,
            cause,
            duration,
        },
        None => Progress::Finished {
            phase,
            text: current.texts.join(", "),
            duration,
        },
    }
}

fn action_name(action: Action) -> &'static str {
    match action {
        Action::Prepare => "prepare",
        Action::Publish => "publish",
        Action::ProveRestorePoint => "prove restore point",
        Action::Migrate => "run migrations",
        Action::CheckPrevious => "check previous release",
        Action::Warm => "warm",
        Action::Swap => "swap",
        Action::Verify => "verify",
        Action::SwapBack => "swap back",
        Action::RecordServed => "record served",
        Action::RecordRejected => "record rejected",
    }
}
