//! `infrastructure.yml` shows what a pull request would change in Azure; `drift.yml` finds what was changed there by hand.
//!
//! Both compare and change nothing, as an identity that may only read. Changes are applied by the deployments.

use taxiway_platform::{Environment, Platform, Tool};

use super::actions::AZURE_LOGIN;
use super::deploy::{environments, script};
use super::set_up_taxiway;
use super::step::{checkout, defaults, job, jobs, permissions, reads, uses};
use crate::yaml::{Map, Value};

/// `infrastructure.yml`.
pub(super) fn document(platform: &Platform) -> Map {
    let paths = vec!["infrastructure/**", ".github/workflows/infrastructure.yml"];
    let mut steps = vec![checkout()];
    match platform.delivery.tool {
        Tool::Taxiway => steps.extend([
            set_up_taxiway(None),
            script(
                "Format and types",
                include_str!("../../files/workflows/compile.sh"),
            ),
        ]),
        Tool::AzureCli => steps.push(script(
            "Types",
            include_str!("../../files/workflows/az/compile.sh"),
        )),
    }
    let compile = job("Compile", 20)
        .with("permissions", reads())
        .with("defaults", defaults("."))
        .with("steps", steps);
    Map::new()
        .with("name", "Infrastructure")
        .blank()
        .with(
            "on",
            Map::new().with("pull_request", Map::new().with("paths", paths)),
        )
        .blank()
        .with("permissions", Map::new())
        .blank()
        .with(
            "concurrency",
            Map::new()
                .with("group", "infrastructure-${{ github.ref }}")
                .with("cancel-in-progress", true),
        )
        .blank()
        .with(
            "jobs",
            jobs(vec![("compile", compile), ("plan", plan(platform))]),
        )
}

fn plan(platform: &Platform) -> Map {
    comparing(platform, "Plan")
        .comment("A fork's pull request gets no identity, and the repository may not have one that only reads.")
        .with(
            "if",
            "${{ vars.AZURE_READER_CLIENT_ID != '' && github.event.pull_request.head.repo.full_name == github.repository }}",
        )
        .with("needs", Value::Flow(vec!["compile".to_owned()]))
        .with(
            "permissions",
            permissions(&[
                ("contents", "read", "checks the commit out"),
                ("id-token", "write", "signs in to Azure without a password"),
                ("pull-requests", "write", "writes the plan under the pull request"),
            ]),
        )
        .with("defaults", defaults("."))
        .with("env", matrix_environment())
        .with(
            "steps",
            vec![
                checkout(),
                sign_in(),
                what_if(),
                script("Say it under the pull request", include_str!("../../files/workflows/comment.sh")).with(
                    "env",
                    Map::new()
                        .with("GH_TOKEN", "${{ github.token }}")
                        .with("PULL_REQUEST", "${{ github.event.pull_request.number }}"),
                ),
            ],
        )
}

/// `drift.yml`.
pub(super) fn drift(platform: &Platform) -> Map {
    let job = comparing(platform, "Drift")
        .with("if", "${{ vars.AZURE_READER_CLIENT_ID != '' }}")
        .with(
            "permissions",
            permissions(&[
                ("contents", "read", "checks the commit out"),
                ("id-token", "write", "signs in to Azure without a password"),
                ("issues", "write", "opens an issue for what has drifted"),
            ]),
        )
        .with("defaults", defaults("."))
        .with("env", matrix_environment())
        .with(
            "steps",
            vec![
                checkout(),
                sign_in(),
                what_if(),
                script(
                    "Open an issue, or close it",
                    include_str!("../../files/workflows/drift.sh"),
                )
                .with("env", Map::new().with("GH_TOKEN", "${{ github.token }}")),
            ],
        );
    Map::new()
        .with("name", "Drift")
        .blank()
        .with(
            "on",
            Map::new()
                .comment("Not on the hour, when everybody's run.")
                .with("schedule", vec![Map::new().with("cron", "37 5 * * *")])
                .with("workflow_dispatch", Value::Nothing),
        )
        .blank()
        .with("permissions", Map::new())
        .blank()
        .with(
            "concurrency",
            Map::new()
                .with("group", "drift")
                .with("cancel-in-progress", false),
        )
        .blank()
        .with("jobs", jobs(vec![("drift", job)]))
}

/// A job for each environment.
fn comparing(platform: &Platform, name: &str) -> Map {
    let include: Vec<Map> = environments(platform).into_iter().map(entry).collect();
    job(&format!("{name} of ${{{{ matrix.environment }}}}"), 20).with(
        "strategy",
        Map::new()
            .with("fail-fast", false)
            .with("matrix", Map::new().with("include", include)),
    )
}

fn entry(environment: &Environment) -> Map {
    Map::new()
        .with("environment", environment.name.as_str())
        .with("resource-group", environment.resource_group.as_str())
}

fn matrix_environment() -> Map {
    Map::new()
        .with("ENVIRONMENT", "${{ matrix.environment }}")
        .with("RESOURCE_GROUP", "${{ matrix.resource-group }}")
}

/// The reader's identity is the repository's own: no environment's rules should hold up a comparison.
fn sign_in() -> Map {
    uses("Sign in to Azure, to read", AZURE_LOGIN)
        .comment("Variables of the repository.")
        .with(
            "with",
            Map::new()
                .with("client-id", "${{ vars.AZURE_READER_CLIENT_ID }}")
                .with("tenant-id", "${{ vars.AZURE_TENANT_ID }}")
                .with("subscription-id", "${{ vars.AZURE_SUBSCRIPTION_ID }}"),
        )
}

fn what_if() -> Map {
    script("Compare", include_str!("../../files/workflows/what-if.sh"))
}
