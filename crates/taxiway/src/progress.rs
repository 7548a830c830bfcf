//! The steps of a long command: one line each with its time, all on standard error.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::terminal::{BAD, DIM, GOOD, Terminal, duration};

/// A step that has ended.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Ended {
    /// Its name: `provision`.
    pub(crate) name: String,
    /// What came of it: `11 resources`.
    pub(crate) result: String,
    /// How long it took, in seconds.
    pub(crate) seconds: f64,
    /// Whether it did what it should.
    pub(crate) succeeded: bool,
}

/// The steps of one command, in order.
#[derive(Debug)]
pub(crate) struct Progress {
    terminal: Terminal,
    ended: Vec<Ended>,
    started: Instant,
}

/// A step under way.
#[derive(Debug)]
pub(crate) struct Step {
    name: String,
    started: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Starts the clock of the command.
    pub(crate) fn new(terminal: &Terminal) -> Self {
        Self {
            terminal: terminal.clone(),
            ended: Vec::new(),
            started: Instant::now(),
        }
    }

    /// How long the command runs by now.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// The steps that have ended.
    pub(crate) fn ended(&self) -> &[Ended] {
        &self.ended
    }

    /// Begins a step; on a terminal it shows until it ends.
    pub(crate) fn start(&self, name: &str) -> Step {
        let bar = self.terminal.draws_progress().then(|| {
            let style =
                ProgressStyle::with_template("  {prefix:<14} {wide_msg:.dim} {elapsed:.dim} ")
                    .expect("the template is constant");
            let bar = ProgressBar::new_spinner()
                .with_style(style)
                .with_prefix(name.to_owned());
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Step {
            name: name.to_owned(),
            started: Instant::now(),
            bar,
        }
    }

    /// Ends a step that did what it should.
    pub(crate) fn finish(&mut self, step: Step, result: impl Into<String>) {
        self.end(step, result.into(), true);
    }

    /// Ends a step that failed.
    pub(crate) fn fail(&mut self, step: Step, result: impl Into<String>) {
        self.end(step, result.into(), false);
    }

    /// Adds a step that somebody else has timed.
    pub(crate) fn record(
        &mut self,
        name: &str,
        result: impl Into<String>,
        took: Duration,
        succeeded: bool,
    ) {
        let result = result.into();
        let style = if succeeded { GOOD } else { BAD };
        let time = duration(took);
        self.terminal.say(format_args!(
            "  {style}{name:<14}{style:#} {result:<52} {DIM}{time:>10}{DIM:#}"
        ));
        self.ended.push(Ended {
            name: name.to_owned(),
            result,
            seconds: (took.as_secs_f64() * 1000.0).round() / 1000.0,
            succeeded,
        });
    }

    fn end(&mut self, step: Step, result: String, succeeded: bool) {
        if let Some(bar) = &step.bar {
            bar.finish_and_clear();
        }
        self.record(&step.name, result, step.started.elapsed(), succeeded);
    }
}

impl Step {
    /// What the step is at.
    pub(crate) fn message(&self, text: impl Into<String>) {
        if let Some(bar) = &self.bar {
            bar.set_message(text.into());
        }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
