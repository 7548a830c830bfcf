//! What a command that did not succeed says: what happened, where, why, and the next command to type.

use serde::Serialize;
use taxiway_diagnostics::Diagnostic;

use crate::exit::Exit;

/// A command that did not succeed.
#[derive(Debug, Serialize)]
pub(crate) struct Failure {
    /// The exit code, by meaning.
    #[serde(serialize_with = "exit_number")]
    pub(crate) exit: Exit,
    /// What happened: one sentence, lower case, no final stop.
    pub(crate) message: String,
    /// Why and where: one line each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) details: Vec<String>,
    /// What to type next, with a word on what it does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) next: Vec<Step>,
    /// What was found in the user's files, where that is the cause.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// A command to type, and when.
#[derive(Debug, Serialize)]
pub(crate) struct Step {
    /// What it is for: `get one`, `then`.
    pub(crate) purpose: String,
    /// The command.
    pub(crate) command: String,
}

fn exit_number<S: serde::Serializer>(exit: &Exit, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u8(*exit as u8)
}

impl Failure {
    /// A failure of the given meaning.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            details: Vec::new(),
            next: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    /// Wrong usage: a flag, an argument, `taxiway.toml`.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// This machine or the cloud lacks something.
    pub(crate) fn lacking(message: impl Into<String>) -> Self {
        Self::new(Exit::Lacking, message)
    }

    /// Refused before anything was changed.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(Exit::Refused, message)
    }

    /// Failed; what was changed stays.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message)
    }

    /// Adds a line of reason.
    #[must_use]
    pub(crate) fn detail(mut self, line: impl Into<String>) -> Self {
        self.details.push(line.into());
        self
    }

    /// Adds several lines of reason.
    #[must_use]
    pub(crate) fn details(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.details.extend(lines);
        self
    }

    /// Says what to type.
    #[must_use]
    pub(crate) fn next(mut self, purpose: impl Into<String>, command: impl Into<String>) -> Self {
        self.next.push(Step {
            purpose: purpose.into(),
            command: command.into(),
        });
        self
    }

    /// Shows what was found in files.
    #[must_use]
    pub(crate) fn with_diagnostics(mut self, diagnostics: Vec<Diagnostic>) -> Self {
        self.diagnostics = diagnostics;
        self
    }

    /// The causes of an error, innermost last, as lines of reason.
    #[must_use]
    pub(crate) fn because(mut self, error: &dyn std::error::Error) -> Self {
        let mut cause = Some(error);
        while let Some(error) = cause {
            let line = error.to_string();
            if self.details.last() != Some(&line) {
                self.details.push(line);
            }
            cause = error.source();
        }
        self
    }
}

/// What every command returns.
pub(crate) type Outcome = Result<Exit, Failure>;
