//! The approval of one plan for production, where [delivery] `approvers` are named.
//!
//! Reviewers of the environment decide where GitHub's plan has them. Elsewhere one of the approvers signs a tag whose name has
//! the plan's hash: the commit, the release that was verified, and what Resource Manager would change. Invariant: any other plan
//! has another name, so an approval is never good for something that nobody has seen.

use taxiway_platform::{Environment, Platform};

use super::deploy::{on_branch, script};
use super::infrastructure::{sign_in, what_if};
use super::step::{checkout, defaults, job, permissions};
use crate::yaml::{Map, Value};

/// The job that shows the plan, and goes on where it is approved.
pub(super) fn job_of(platform: &Platform, environment: &Environment, first: &str) -> Map {
    let release = if first == "verified" {
        "${{ needs.verified.outputs.release }}"
    } else {
        ""
    };
    job("The plan is approved", 20)
        .with("if", on_branch(&platform.delivery.branch))
        .with("needs", Value::Flow(vec![first.to_owned()]))
        .with(
            "permissions",
            permissions(&[
                (
                    "contents",
                    "read",
                    "checks the commit out, and reads signed tags",
                ),
                ("id-token", "write", "signs in to Azure without a password"),
                (
                    "actions",
                    "read",
                    "sees whether the environment has reviewers",
                ),
            ]),
        )
        .with("defaults", defaults("."))
        .with(
            "env",
            Map::new()
                .with("ENVIRONMENT", environment.name.as_str())
                .with("RESOURCE_GROUP", environment.resource_group.as_str()),
        )
        .with(
            "steps",
            vec![
                checkout(),
                sign_in(),
                what_if(),
                script(
                    "Somebody who may has approved it",
                    include_str!("../../files/workflows/approval.sh"),
                )
                .with(
                    "env",
                    Map::new()
                        .with("GH_TOKEN", "${{ github.token }}")
                        .with("APPROVERS", platform.delivery.approvers.join(" "))
                        .with("RELEASE", release),
                ),
            ],
        )
}
