//! A repository on GitHub, and who its jobs are to Azure.
//!
//! Azure compares the subject of a job's token with that of a federated credential, letter by letter. Which jobs sign in is what the
//! generated workflows say: deployments and rollbacks in the environment's name, comparisons of pull requests and of the branch.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

/// `OWNER/NAME`, or with the numbers that GitHub puts into subjects of newer repositories: `OWNER@12/NAME@34`.
///
/// Source: GitHub documentation, "OpenID Connect", immutable subject claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Repository(String);

/// A kind of job that signs in to Azure, and what its token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FederatedSubject {
    /// What the credential is called.
    pub name: String,
    /// What the token says.
    pub subject: String,
}

impl Repository {
    /// Reads it as `taxiway.toml` has it; `None` for what is no repository.
    pub fn parse(text: &str) -> Option<Self> {
        let (owner, name) = text.split_once('/')?;
        let is_part = |part: &str| {
            let (name, id) = part.split_once('@').unwrap_or((part, "1"));
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
                && !id.is_empty()
                && id.bytes().all(|byte| byte.is_ascii_digit())
        };
        // Both have numbers, or neither has.
        let is_even = owner.contains('@') == name.contains('@');
        (is_part(owner) && is_part(name) && is_even).then(|| Self(text.to_owned()))
    }

    /// What the subjects of all its jobs begin with.
    pub fn subject_prefix(&self) -> String {
        format!("repo:{}", self.0)
    }

    /// The jobs that deploy to an environment: GitHub's rules for the environment hold before they sign in.
    pub fn deployers(&self, environment: &str) -> Vec<FederatedSubject> {
        vec![self.subject(
            format!("environment-{environment}"),
            &format!("environment:{environment}"),
        )]
    }

    /// The jobs that compare and change nothing: those of pull requests, and the scheduled one of the branch.
    pub fn readers(&self, branch: &str) -> Vec<FederatedSubject> {
        let name: String = branch
            .chars()
            .map(|character| {
                if character.is_ascii_alphanumeric() {
                    character
                } else {
                    '-'
                }
            })
            .take(100)
            .collect();
        vec![
            self.subject("pull-request".to_owned(), "pull_request"),
            self.subject(
                format!("branch-{name}"),
                &format!("ref:refs/heads/{branch}"),
            ),
        ]
    }

    fn subject(&self, name: String, tail: &str) -> FederatedSubject {
        let subject = format!("{}:{tail}", self.subject_prefix());
        FederatedSubject { name, subject }
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl JsonSchema for Repository {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Repository".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": r"^[A-Za-z0-9._-]+(@[0-9]+)?/[A-Za-z0-9._-]+(@[0-9]+)?$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_those_of_githubs_tokens() {
        for (text, prefix) in [
            ("shop/web", "repo:shop/web"),
            ("Shop@12/web.app@345", "repo:Shop@12/web.app@345"),
        ] {
            let repository = Repository::parse(text).unwrap();
            let subjects: Vec<(String, String)> = repository
                .deployers("production")
                .into_iter()
                .chain(repository.readers("release/1.x"))
                .map(|it| (it.name, it.subject))
                .collect();
            let expected = [
                ("environment-production", "environment:production"),
                ("pull-request", "pull_request"),
                ("branch-release-1-x", "ref:refs/heads/release/1.x"),
            ]
            .map(|(name, tail)| (name.to_owned(), format!("{prefix}:{tail}")));
            assert_eq!(subjects, expected);
        }
        for wrong in [
            "shop",
            "shop/",
            "/web",
            "a/b/c",
            "a@1/b",
            "a@x/b@1",
            "a b/c",
            "https://github.com/a/b",
        ] {
            assert_eq!(Repository::parse(wrong), None, "{wrong}");
        }
    }
}
