//! The exit codes, which are an interface: scripts and pipelines branch on them.

/// How a command ended. The numbers are documented in the README and tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, or nothing to do.
    Done = 0,
    /// There are findings.
    Findings = 1,
    /// The command line or a file that Taxiway reads is wrong.
    Usage = 2,
    /// The environment lacks something; the message says which command supplies it.
    Lacking = 3,
    /// Refused; nothing was changed.
    Refused = 4,
    /// Something was changed, then restored.
    RolledBack = 5,
    /// Failed, and not restored.
    Failed = 6,
}

impl Exit {
    /// The word that starts the message of a failure.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Findings => "findings",
            Self::Usage => "error",
            Self::Lacking => "missing",
            Self::Refused => "refused",
            Self::RolledBack => "rolled back",
            Self::Failed => "failed",
        }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
