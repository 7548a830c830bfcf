//! The approval of one plan for production, where [delivery] `approvers` are named.
//!
//! Reviewers of the environment decide where GitHub's plan has them. Elsewhere one of the approvers signs a tag whose name has
//! the plan's hash: the commit, the release that was verified, and what Resource Manager would change. Invariant: any other plan
//! has another name, so an approval is never good for something that nobody has seen.

use taxiway_platform::{Environment, Platform};

use super::deploy::{on_branch, script};
use super::infrastructure::comparing;
use super::step::job;
use crate::yaml::{Map, Value};

/// The job that shows the plan, and goes on where it is approved.
pub(super) fn job_of(platform: &Platform, environment: &Environment, first: &str) -> Map {
    let release = if first == "verified" {
        "${{ needs.verified.outputs.release }}"
    } else {
        ""
    };
    let job = job("The plan is approved", 20)
        .with("if", on_branch(&platform.delivery.branch))
        .with("needs", Value::Flow(vec![first.to_owned()]))
        .with(
            "env",
            Map::new()
                .with("ENVIRONMENT", environment.name.as_str())
                .with("RESOURCE_GROUP", environment.resource_group.as_str()),
        );
    let approved = script(
        "Somebody who may has approved it",
        include_str!("../../files/workflows/approval.sh"),
    );
    let approved = approved.with(
        "env",
        Map::new()
            .with("GH_TOKEN", "${{ github.token }}")
            .with("APPROVERS", platform.delivery.approvers.join(" "))
            .with("RELEASE", release),
    );
    let reads = "checks the commit out, and reads signed tags";
    let scope = (
        "actions",
        "read",
        "sees whether the environment has reviewers",
    );
    comparing(job, reads, scope, approved)
}
