//! A file to write into a repository.

use camino::Utf8PathBuf;
use serde::Serialize;

/// A file to write into a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GeneratedFile {
    /// Where, relative to the repository.
    pub path: Utf8PathBuf,
    /// What, with one final line break.
    pub text: String,
    /// Whether it is a program.
    pub mode: Mode,
}

impl GeneratedFile {
    pub(crate) fn new(path: impl Into<Utf8PathBuf>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
            mode: Mode::Plain,
        }
    }

    pub(crate) fn executable(path: impl Into<Utf8PathBuf>, text: impl Into<String>) -> Self {
        Self {
            mode: Mode::Executable,
            ..Self::new(path, text)
        }
    }
}

/// Whether a file is a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// It is read.
    Plain,
    /// It is run.
    Executable,
}
