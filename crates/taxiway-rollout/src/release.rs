//! The name of a release: what its files hash to.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The id of a release: twelve lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReleaseId(String);

/// A text that is no release id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no release id: twelve hexadecimal digits are expected")]
pub struct InvalidReleaseId(String);

/// How many digits an id has.
const DIGITS: usize = 12;

impl ReleaseId {
    /// The id that a digest stands for: its first twelve digits.
    pub(crate) fn from_digest(digest: &[u8]) -> Self {
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Self(hex[..DIGITS].to_owned())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ReleaseId {
    type Err = InvalidReleaseId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let valid = text.len() == DIGITS
            && text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidReleaseId(text.to_owned()))
        }
    }
}

impl TryFrom<String> for ReleaseId {
    type Error = InvalidReleaseId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ReleaseId> for String {
    fn from(id: ReleaseId) -> Self {
        id.0
    }
}

impl fmt::Display for ReleaseId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::ReleaseId;

    #[test]
    fn only_twelve_lower_case_digits_are_an_id() {
        for (text, valid) in [
            ("0123456789ab", true),
            ("0123456789AB", false),
            ("0123", false),
            ("0123456789abc", false),
            ("../456789ab", false),
        ] {
            assert_eq!(text.parse::<ReleaseId>().is_ok(), valid, "{text}");
        }
    }
}
