//! One thing to say about a user's input.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{Location, Span};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is wrong; worth knowing.
    Info,
    /// Works, and will hurt.
    Warning,
    /// Does not work.
    Error,
}

/// A second place that helps to understand a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Where.
    pub location: Location,
    /// What is there, in a few words.
    pub text: String,
}

/// Whether a fix may be applied without a person's look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FixSafety {
    /// Keeps the meaning.
    Safe,
    /// May change the meaning.
    Unsafe,
}

/// A replacement of one stretch of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// What goes.
    pub location: Location,
    /// What comes.
    pub replacement: String,
}

/// How to mend it, ready to apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What the edits do, in a few words.
    pub title: String,
    /// Whether they may be applied unseen.
    pub safety: FixSafety,
    /// The edits; they do not overlap.
    pub edits: Vec<Edit>,
}

/// One thing to say about a user's input, with the place it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// A stable name that reads well after "allow": `slot-setting-not-sticky`, or the official one (`BCP057`).
    pub code: Cow<'static, str>,
    /// How bad it is.
    pub severity: Severity,
    /// One line that stands alone: lower case, no final stop, user text in backticks.
    pub message: String,
    /// What it is about; `None` only where no file is to blame.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub location: Option<Location>,
    /// Other places that matter.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub labels: Vec<Label>,
    /// What to type or change.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub help: Option<String>,
    /// A ready repair.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A diagnostic of the given severity, about no place yet.
    pub fn new(
        severity: Severity,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code: code.into(),
            severity,
            message: message.into(),
            location: None,
            labels: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// An error about `location`.
    pub fn error(
        code: impl Into<Cow<'static, str>>,
        location: Location,
        message: impl Into<String>,
    ) -> Self {
        Self {
            location: Some(location),
            ..Self::new(Severity::Error, code, message)
        }
    }

    /// A warning about `location`.
    pub fn warning(
        code: impl Into<Cow<'static, str>>,
        location: Location,
        message: impl Into<String>,
    ) -> Self {
        Self {
            location: Some(location),
            ..Self::new(Severity::Warning, code, message)
        }
    }

    /// A note about `location`.
    pub fn info(
        code: impl Into<Cow<'static, str>>,
        location: Location,
        message: impl Into<String>,
    ) -> Self {
        Self {
            location: Some(location),
            ..Self::new(Severity::Info, code, message)
        }
    }

    /// Points at a second place.
    #[must_use]
    pub fn label(mut self, location: Location, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            location,
            text: text.into(),
        });
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Offers a repair.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Whether it stops what was asked for.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The order in which diagnostics are shown: file, span, code.
    pub fn sort_key(&self) -> (Option<&camino::Utf8Path>, Option<Span>, &str) {
        let location = self.location.as_ref();
        (
            location.map(Location::path),
            location.map(|location| location.span),
            &self.code,
        )
    }
}
