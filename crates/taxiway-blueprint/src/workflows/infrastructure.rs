//! `infrastructure.yml` shows what a pull request would change in Azure, and applies it to the first environment once it is
//! merged; `drift.yml` finds what was changed there by hand.
//!
//! What compares does it as an identity that may only read. Production is changed by its deployment alone, which somebody
//! approves.

use taxiway_platform::{Environment, Platform, Tool};

use super::actions::AZURE_LOGIN;
use super::azure_cli::{DEPLOYMENT, secrets};
use super::deploy::{environments, group, on_branch, script, staging};
use super::notice::ISSUE;
use super::set_up_taxiway;
use super::step::{checkout, defaults, job, jobs, permissions, reads, uses};
use crate::yaml::{Map, Value};

/// `infrastructure.yml`.
pub(super) fn document(platform: &Platform) -> Map {
    let paths = vec!["infrastructure/**", ".github/workflows/infrastructure.yml"];
    let branch = &platform.delivery.branch;
    let staging = staging(platform);
    let mut on = Map::new().with("pull_request", Map::new().with("paths", paths.clone()));
    if staging.is_some() {
        let merged = Map::new()
            .with("branches", Value::Flow(vec![branch.clone()]))
            .with("paths", paths);
        on = on.with("push", merged);
    }
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
    let mut all = vec![("compile", compile), ("plan", plan(platform))];
    if let Some(staging) = staging {
        all.push(("apply", apply(platform, staging)));
    }
    Map::new()
        .comment("Plans what a pull request would change. Merged, it is applied to the environment before production at once, whatever\nbecomes of the application; production is changed by its own deployment, which somebody approves.")
        .with("name", "Infrastructure")
        .blank()
        .with("on", on)
        .blank()
        .with("permissions", Map::new())
        .blank()
        .with(
            "concurrency",
            Map::new()
                .with("group", "infrastructure-${{ github.ref }}")
                .with(
                    "cancel-in-progress",
                    "${{ github.event_name == 'pull_request' }}",
                ),
        )
        .blank()
        .with("jobs", jobs(all))
}

/// Changes the environment before production as what was merged says; its deployment, which does it as well, finds it done.
fn apply(platform: &Platform, environment: &Environment) -> Map {
    let name = environment.name.as_str();
    let branch = on_branch(&platform.delivery.branch);
    let condition = branch.trim_start_matches("${{ ").trim_end_matches(" }}");
    job(&format!("Apply to {name}"), 60)
        .with(
            "if",
            format!("${{{{ github.event_name == 'push' && {condition} }}}}"),
        )
        .with("needs", Value::Flow(vec!["compile".to_owned()]))
        .with("environment", name)
        .comment("The same group as a deployment's: the two never meet.")
        .with("concurrency", group(&format!("deploy-{name}")))
        .with(
            "permissions",
            permissions(&[
                ("contents", "read", "checks the commit out"),
                ("id-token", "write", "signs in to Azure without a password"),
            ]),
        )
        .with("defaults", defaults("."))
        .with(
            "env",
            Map::new()
                .with("ENVIRONMENT", name)
                .with("RESOURCE_GROUP", environment.resource_group.as_str())
                .with("DEPLOYMENT", DEPLOYMENT),
        )
        .with(
            "steps",
            vec![
                checkout(),
                super::azure_cli::sign_in(),
                script(
                    "Apply",
                    &include_str!("../../files/workflows/apply.sh")
                        .replace("@PROVISION@\n", super::azure_cli::PROVISION),
                )
                .with(
                    "env",
                    Map::new()
                        .comment("Parameters that come from the vault, and their names there.")
                        .with("SECRETS", secrets(platform)),
                ),
            ],
        )
}

fn plan(platform: &Platform) -> Map {
    let say = script(
        "Say it under the pull request",
        include_str!("../../files/workflows/comment.sh"),
    );
    let say = say.with(
        "env",
        Map::new()
            .with("GH_TOKEN", "${{ github.token }}")
            .with("PULL_REQUEST", "${{ github.event.pull_request.number }}"),
    );
    let writes = (
        "pull-requests",
        "write",
        "writes the plan under the pull request",
    );
    let job = for_each(platform, "Plan")
        .comment("A fork's pull request gets no identity, and the repository may not have one that only reads.")
        .with(
            "if",
            "${{ vars.AZURE_READER_CLIENT_ID != '' && github.event.pull_request.head.repo.full_name == github.repository }}",
        )
        .with("needs", Value::Flow(vec!["compile".to_owned()]));
    comparing(job, CHECKS_OUT, writes, say)
}

/// `drift.yml`.
pub(super) fn drift(platform: &Platform) -> Map {
    let back = match platform.delivery.tool {
        Tool::Taxiway => "\\`taxiway up $ENVIRONMENT --provision\\`",
        Tool::AzureCli => "The workflow **Deploy to $ENVIRONMENT**",
    };
    let text = include_str!("../../files/workflows/drift.sh").replace("@BACK@", back);
    let text = [
        text.as_str(),
        ISSUE,
        "# A run that found something is red.\nexit 1\n",
    ]
    .concat();
    let tell = script("Open an issue, or close it", &text)
        .with("env", Map::new().with("GH_TOKEN", "${{ github.token }}"));
    let writes = ("issues", "write", "opens an issue for what has drifted");
    let job = for_each(platform, "Drift").with("if", "${{ vars.AZURE_READER_CLIENT_ID != '' }}");
    let job = comparing(job, CHECKS_OUT, writes, tell);
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
fn for_each(platform: &Platform, name: &str) -> Map {
    let include: Vec<Map> = environments(platform).into_iter().map(entry).collect();
    job(&format!("{name} of ${{{{ matrix.environment }}}}"), 20)
        .with(
            "strategy",
            Map::new()
                .with("fail-fast", false)
                .with("matrix", Map::new().with("include", include)),
        )
        .with("env", matrix_environment())
}

const CHECKS_OUT: &str = "checks the commit out";

/// What a job does that compares the repository with what exists, and then something with what it found, with the rights that
/// this takes.
pub(super) fn comparing(job: Map, reads: &str, scope: (&str, &str, &str), then: Map) -> Map {
    let scopes = [
        ("contents", "read", reads),
        ("id-token", "write", "signs in to Azure without a password"),
        scope,
    ];
    job.with("permissions", permissions(&scopes))
        .with("defaults", defaults("."))
        .with("steps", vec![checkout(), sign_in(), what_if(), then])
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
