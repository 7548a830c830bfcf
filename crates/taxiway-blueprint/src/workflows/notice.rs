//! Notifications: a deployment that did not go well is an issue, which everybody who watches the repository hears of, on every
//! plan of GitHub and without a secret. The next one that goes well closes it.

use super::deploy::script;
use super::step::{defaults, job, permissions};
use crate::yaml::{Map, Value};

/// Opens an issue of a title or comments on it, and closes it where all is well: the end of scripts that say which.
pub(super) const ISSUE: &str = include_str!("../../files/workflows/issue.sh");

/// The job that tells, after these jobs.
pub(super) fn after(names: &[&str], environment: &str) -> Map {
    let needs = names.iter().map(|name| (*name).to_owned()).collect();
    job("Tell", 5)
        .comment(
            "A cancelled run tells nothing, and neither does one that was never meant to deploy.",
        )
        .with(
            "if",
            format!(
                "${{{{ !cancelled() && needs.{}.result != 'skipped' }}}}",
                names.first().copied().unwrap_or_default()
            ),
        )
        .with("needs", Value::Flow(needs))
        .with(
            "permissions",
            permissions(&[(
                "issues",
                "write",
                "opens an issue for a deployment that failed, and closes it",
            )]),
        )
        .with("defaults", defaults("."))
        .with(
            "steps",
            vec![
                script(
                    "Open an issue, or close it",
                    &[include_str!("../../files/workflows/notice.sh"), ISSUE].concat(),
                )
                .with(
                    "env",
                    Map::new()
                        .with("GH_TOKEN", "${{ github.token }}")
                        .with("NEEDS", "${{ toJSON(needs) }}")
                        .with("TITLE", format!("Deployment to {environment} failed")),
                ),
            ],
        )
}
