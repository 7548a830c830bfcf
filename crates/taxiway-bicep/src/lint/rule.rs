//! What a rule is.

use taxiway_diagnostics::Severity;

use super::Linter;

/// How loud a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleLevel {
    /// Not at all.
    Off,
    /// A note.
    Info,
    /// A warning.
    Warning,
    /// An error: nothing is compiled.
    Error,
}

impl RuleLevel {
    /// As `bicepconfig.json` writes it.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "off" => Self::Off,
            "info" => Self::Info,
            "warning" => Self::Warning,
            "error" => Self::Error,
            _ => return None,
        })
    }

    pub(super) const fn severity(self) -> Option<Severity> {
        Some(match self {
            Self::Off => return None,
            Self::Info => Severity::Info,
            Self::Warning => Severity::Warning,
            Self::Error => Severity::Error,
        })
    }
}

/// A rule of the linter.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The official code: `no-unused-params`.
    pub code: &'static str,
    /// How loud it is where `bicepconfig.json` does not say.
    pub level: RuleLevel,
    /// What it asks for, in one line.
    pub summary: &'static str,
    /// Why.
    pub reason: &'static str,
    /// A `main.bicep` that it finds fault with; other files follow, each after a line `--- path`. With a
    /// `main.bicepparam` among them, that is the file to compile.
    pub bad: &'static str,
    /// The same without fault.
    pub good: &'static str,
    pub(crate) check: fn(&mut Linter<'_>),
}
