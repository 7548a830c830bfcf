//! `security.yml`: dependencies with known holes, secrets in the history, dangerous code. A finding fails its job.
//!
//! Scanners get no secret, and no right but to read: one that is taken over finds nothing to take.

use super::actions::{GITLEAKS, PIP_AUDIT, SEMGREP, SETUP_UV, UPLOAD_SARIF};
use super::step::{checkout, defaults, job, jobs, permissions, reads, run, uses};
use super::{Blueprint, front_end};
use crate::images::UV;
use crate::relative;
use crate::requirements::FILE_NAME;
use crate::yaml::{Map, Value};

pub(super) fn document(blueprint: &Blueprint<'_>, further: &[Blueprint<'_>]) -> Map {
    let branch = &blueprint.platform.delivery.branch;
    Map::new()
        .with("name", "Security")
        .blank()
        .with(
            "on",
            Map::new()
                .with("pull_request", Value::Nothing)
                .with(
                    "push",
                    Map::new().with("branches", Value::Flow(vec![branch.clone()])),
                )
                .comment("What was safe last week may not be today.")
                .with("schedule", vec![Map::new().with("cron", "23 4 * * 1")])
                .with("workflow_dispatch", Value::Nothing),
        )
        .blank()
        .comment("Each job says what it needs.")
        .with("permissions", Map::new())
        .blank()
        .with(
            "concurrency",
            Map::new().with("group", "security-${{ github.ref }}").with(
                "cancel-in-progress",
                "${{ github.event_name == 'pull_request' }}",
            ),
        )
        .blank()
        .with("jobs", all(blueprint, further))
}

fn all(blueprint: &Blueprint<'_>, further: &[Blueprint<'_>]) -> Map {
    let front_ends: Vec<(String, Map)> = std::iter::once(blueprint)
        .chain(further)
        .filter_map(|it| {
            let steps = front_end::audit(it.frontend.as_ref()?)?;
            Some((it.job_id("front-end"), front_end_job(it, steps)))
        })
        .collect();
    let mut all = vec![("dependencies", dependencies(blueprint, further))];
    all.extend(
        front_ends
            .iter()
            .map(|(id, job)| (id.as_str(), job.clone())),
    );
    all.push(("secrets", secrets()));
    all.push(("code", code(blueprint)));
    all.push(("report", report()));
    jobs(all)
}

/// What browsers run was made from these packages.
fn front_end_job(blueprint: &Blueprint<'_>, audit: Vec<Map>) -> Map {
    let mut steps = vec![checkout()];
    steps.extend(audit);
    job(&blueprint.titled("Front end"), 10)
        .with("permissions", reads())
        .with("defaults", defaults("."))
        .with("steps", steps)
}

fn uv() -> Map {
    uses("Set up uv", SETUP_UV).with(
        "with",
        Map::new().with("version", UV).with("enable-cache", false),
    )
}

fn dependencies(blueprint: &Blueprint<'_>, further: &[Blueprint<'_>]) -> Map {
    let mut steps = vec![checkout(), uv(), audit(blueprint)];
    // Each alone: what one service pins need not suit another.
    steps.extend(further.iter().map(audit));
    job("Dependencies", 10)
        .with("permissions", reads())
        .with("defaults", defaults("."))
        .with("steps", steps)
}

fn audit(blueprint: &Blueprint<'_>) -> Map {
    let requirements = relative::join(&blueprint.service.root, FILE_NAME);
    let name = "No requirement of production has a known vulnerability";
    run(
        &blueprint.titled(name),
        &format!(
            "uvx --python {} {PIP_AUDIT} --strict --progress-spinner off --requirement {requirements}",
            blueprint.python_version()
        ),
    )
}

fn secrets() -> Map {
    let history = super::step::uses("Check out", super::actions::CHECKOUT).with(
        "with",
        Map::new()
            .with("persist-credentials", false)
            .comment("A secret that was removed in a later commit is still known to everybody.")
            .with("fetch-depth", 0_u32),
    );
    job("Secrets", 10)
        .with("permissions", reads())
        .with("defaults", defaults("."))
        .with(
            "steps",
            vec![
                history,
                run(
                    "No commit holds a secret",
                    &format!(
                        "docker run --rm --network none --volume \"$PWD:/repository:ro\" \\\n  {GITLEAKS} \\\n  git --redact --no-banner /repository\n"
                    ),
                ),
            ],
        )
}

fn code(blueprint: &Blueprint<'_>) -> Map {
    let framework = blueprint.framework_name();
    let rules = match framework {
        "django" | "flask" => format!("--config p/python --config p/{framework}"),
        _ => "--config p/python".to_owned(),
    };
    job("Code", 15)
        .with("permissions", reads())
        .with("defaults", defaults("."))
        .with(
            "steps",
            vec![
                checkout(),
                uv(),
                run(
                    "No pattern that is known to be dangerous",
                    &format!(
                        "uvx {SEMGREP} scan {rules} --metrics off --error --severity ERROR \\\n  --exclude .taxiway --sarif-output semgrep.sarif\n"
                    ),
                ),
                uses("Keep the findings", super::actions::UPLOAD_ARTIFACT)
                    .with("if", "${{ !cancelled() }}")
                    .with(
                        "with",
                        Map::new()
                            .with("name", "semgrep")
                            .with("path", "semgrep.sarif")
                            .with("retention-days", 7_u32),
                    ),
            ],
        )
}

/// In a job of its own, so that the scanner itself never holds the right to write findings.
fn report() -> Map {
    job("Report", 5)
        .comment("Code scanning is free for public repositories alone; elsewhere the findings stay in the job's log.")
        .with("if", "${{ !cancelled() && !github.event.repository.private && github.event_name != 'pull_request' }}")
        .with("needs", Value::Flow(vec!["code".to_owned()]))
        .with(
            "permissions",
            permissions(&[("security-events", "write", "shows the findings among the code-scanning alerts")]),
        )
        .with("defaults", defaults("."))
        .with(
            "steps",
            vec![
                uses("Fetch the findings", super::actions::DOWNLOAD_ARTIFACT)
                    .with("with", Map::new().with("name", "semgrep")),
                uses("Upload the findings", UPLOAD_SARIF).with(
                    "with",
                    Map::new()
                        .with("sarif_file", "semgrep.sarif")
                        .with("category", "semgrep"),
                ),
            ],
        )
}
