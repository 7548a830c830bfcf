//! The events of a rollout as steps of a command.

use std::sync::Mutex;
use std::time::Duration;

use taxiway_rollout::{PhaseName, Progress as Event};

use crate::progress::{Progress, Step};

/// Shows the events of one rollout.
#[derive(Debug)]
pub(crate) struct RolloutProgress<'a> {
    inner: Mutex<Inner<'a>>,
}

#[derive(Debug)]
struct Inner<'a> {
    progress: &'a mut Progress,
    step: Option<Step>,
}

impl<'a> RolloutProgress<'a> {
    /// Adds the rollout's phases to the steps of `progress`.
    pub(crate) fn new(progress: &'a mut Progress) -> Self {
        Self {
            inner: Mutex::new(Inner {
                progress,
                step: None,
            }),
        }
    }

    /// Shows one event.
    pub(crate) fn show(&self, event: &Event) {
        let Ok(mut inner) = self.inner.lock() else {
            return;
        };
        match event {
            Event::Resumed { release, phase } => {
                let text = format!("release {release}, from {phase} on");
                inner.progress.record("resume", text, Duration::ZERO, true);
            }
            Event::Started { phase } => inner.step = Some(inner.progress.start(&phase.to_string())),
            Event::Note { text, .. } => {
                if let Some(step) = &inner.step {
                    step.message(text.clone());
                }
            }
            Event::Finished {
                phase,
                text,
                duration,
            } => inner.end(*phase, text.clone(), *duration, true),
            Event::Failed {
                phase,
                text,
                cause,
                duration,
            } => {
                let text = cause
                    .as_ref()
                    .map_or_else(|| text.clone(), |cause| format!("{text}: {cause}"));
                inner.end(*phase, text, *duration, false);
            }
        }
    }
}

impl Inner<'_> {
    fn end(&mut self, phase: PhaseName, text: String, took: Duration, succeeded: bool) {
        self.step = None;
        self.progress
            .record(&phase.to_string(), text, took, succeeded);
    }
}
