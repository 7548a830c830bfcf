//! Where a fact was seen, as people write it: `shop/settings.py:71`.

use std::fmt;
use std::str::FromStr;

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

/// A line of a file, written `path:line`.
///
/// Invariant: `line` counts from 1. A fact about a file as a whole points at its first line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Place {
    path: Utf8PathBuf,
    line: u32,
}

impl Place {
    /// Line `line` of the file `path`; line 0 is read as the first.
    pub fn new(path: impl Into<Utf8PathBuf>, line: u32) -> Self {
        Self {
            path: path.into(),
            line: line.max(1),
        }
    }

    /// The file, relative to the repository.
    pub fn path(&self) -> &camino::Utf8Path {
        &self.path
    }

    /// The line, from 1.
    pub const fn line(&self) -> u32 {
        self.line
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.path, self.line)
    }
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (path, line) = text
            .rsplit_once(':')
            .ok_or_else(|| format!("`{text}` is not `path:line`"))?;
        let line = line
            .parse()
            .map_err(|_| format!("`{line}` in `{text}` is not a line number"))?;
        Ok(Self::new(path, line))
    }
}

impl TryFrom<String> for Place {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Place> for String {
    fn from(place: Place) -> Self {
        place.to_string()
    }
}
