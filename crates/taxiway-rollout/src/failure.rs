//! Why a step did not succeed, as a person needs to read it.

use serde::{Deserialize, Serialize};

/// Why a step of a rollout did not succeed. Never holds a secret: texts pass [`redact`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The kind.
    pub kind: FailureKind,
    /// One line: what happened.
    pub message: String,
    /// The cause, where it is known: `shop/urls.py:12  NameError: name 'catalog' is not defined`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// The site's build failed.
    Build,
    /// A worker ended while it was starting.
    Boot,
    /// A worker was killed, most likely for memory.
    Memory,
    /// Nothing answered in time.
    Timeout,
    /// The app answers and says that it is not ready.
    NotReady,
    /// A variable or secret is missing or can't be read.
    Configuration,
    /// The app needs tables that the migrations have yet to make.
    Schema,
    /// The migrations failed.
    Migration,
    /// There is no restore point.
    RestorePoint,
    /// A disk is full.
    Disk,
    /// The cloud refused or failed.
    Platform,
}

impl Failure {
    /// A failure with one line.
    pub fn new(kind: FailureKind, message: impl AsRef<str>) -> Self {
        Self {
            kind,
            message: redact(message.as_ref()),
            cause: None,
            hint: None,
        }
    }

    /// The same with its cause.
    #[must_use]
    pub fn because(mut self, cause: impl AsRef<str>) -> Self {
        self.cause = Some(redact(cause.as_ref()));
        self
    }

    /// The same with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Message and cause in one line.
    pub fn line(&self) -> String {
        match &self.cause {
            Some(cause) => format!("{}: {cause}", self.message),
            None => self.message.clone(),
        }
    }
}

impl From<taxiway_azure::Error> for Failure {
    fn from(error: taxiway_azure::Error) -> Self {
        let failure = Self::new(FailureKind::Platform, error.to_string());
        match error.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

/// Hides the user and password of addresses (`postgresql://user:password@host`).
pub(crate) fn redact(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("://") {
        let (before, after) = rest.split_at(start + 3);
        result.push_str(before);
        let end = after
            .find(|character: char| {
                character.is_whitespace() || matches!(character, '"' | '\'' | '`' | ')' | '>')
            })
            .unwrap_or(after.len());
        let address = &after[..end];
        match address.rfind('@') {
            Some(at) => {
                result.push_str("***");
                result.push_str(&address[at..]);
            }
            None => result.push_str(address),
        }
        rest = &after[end..];
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn addresses_lose_their_passwords() {
        for (text, expected) in [
            ("plain", "plain"),
            ("see https://example.com/x", "see https://example.com/x"),
            (
                "to 'postgresql://shop:s3cr/e@t@db/shop' failed",
                "to 'postgresql://***@db/shop' failed",
            ),
            (
                "a redis://:pw@h b amqp://u:p@h",
                "a redis://***@h b amqp://***@h",
            ),
        ] {
            assert_eq!(redact(text), expected);
        }
    }
}
