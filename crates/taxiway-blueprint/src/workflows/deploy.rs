//! Deployments: `deploy.yml` does one, for every environment alike; `deploy-ENVIRONMENT.yml` says when, and after what.
//!
//! Invariants: a commit is deployed only after its CI passed; production gets the release that staging verified; what was
//! swapped in and does not hold is swapped back, and nothing else ever is.

use taxiway_platform::{Environment, EnvironmentKind, Origin, Platform, Tool};

use super::actions::UPLOAD_ARTIFACT;
use super::step::{checkout, defaults, job, jobs, permissions, reads, script_value};
use super::{Blueprint, approval, front_end, notice, package, set_up_taxiway};
use crate::yaml::{Map, Value};

/// The environments in Azure, production last.
pub(super) fn environments(platform: &Platform) -> Vec<&Environment> {
    let mut environments: Vec<&Environment> = platform
        .environments
        .iter()
        .filter(|environment| environment.kind == EnvironmentKind::Azure)
        .collect();
    environments.sort_by_key(|environment| is_production(environment));
    environments
}

fn is_production(environment: &Environment) -> bool {
    environment.name == "production"
}

/// The environment that a release goes through before production: `staging`, else the first of the others.
pub(super) fn staging(platform: &Platform) -> Option<&Environment> {
    let others = || {
        environments(platform)
            .into_iter()
            .filter(|environment| !is_production(environment))
    };
    others()
        .find(|environment| environment.name == "staging")
        .or_else(|| others().next())
}

/// The environment whose packages production takes; `None` where production is alone, or there is none.
pub(super) fn verifying(platform: &Platform) -> Option<&Environment> {
    platform.environment("production")?;
    staging(platform)
}

/// The rights of a job that deploys.
pub(super) fn rights() -> Map {
    permissions(&[
        ("contents", "read", "checks the commit out"),
        ("id-token", "write", "signs in to Azure without a password"),
        (
            "actions",
            "read",
            "fetches what earlier deployments recorded",
        ),
    ])
}

/// Who signs in, and where. These are names, not secrets; each environment has its own.
pub(super) fn identity(environment: &str) -> Map {
    Map::new()
        .with("ENVIRONMENT", environment)
        .comment("Variables of the environment on GitHub: names, no secrets. This job's own token is the credential.")
        .with("AZURE_CLIENT_ID", "${{ vars.AZURE_CLIENT_ID }}")
        .with("AZURE_TENANT_ID", "${{ vars.AZURE_TENANT_ID }}")
        .with("AZURE_SUBSCRIPTION_ID", "${{ vars.AZURE_SUBSCRIPTION_ID }}")
}

/// What a deployment is told; without Taxiway nobody reads migrations, so none can be acknowledged.
pub(super) fn inputs(platform: &Platform) -> Map {
    let input = |required: bool, description: &str| {
        let input = Map::new()
            .with("description", description)
            .with("type", "string")
            .with("required", required);
        if required {
            input
        } else {
            input.with("default", "")
        }
    };
    let mut inputs = Map::new()
        .with(
            "environment",
            input(true, "Where to, as taxiway.toml names it"),
        )
        .with(
            "expected-release",
            input(
                false,
                "The release that was verified before; any without it",
            ),
        );
    if verifying(platform).is_some() {
        inputs = package::inputs(inputs, input);
    }
    if platform.delivery.tool == Tool::Taxiway {
        inputs.with(
            "allow",
            input(
                false,
                "Unsafe migrations that are acknowledged, separated by spaces",
            ),
        )
    } else {
        inputs
    }
}

/// What `deploy.yml` is for.
pub(super) fn purpose(platform: &Platform) -> String {
    let migrate = if platform.services().any(|it| it.service.has_database) {
        " migrate,"
    } else {
        ""
    };
    format!(
        "Deploys one commit to one environment: provision, build,{migrate} warm, swap, verify, or back."
    )
}

/// `deploy.yml`.
pub(super) fn reusable(blueprint: &Blueprint<'_>, further: &[Blueprint<'_>]) -> Map {
    let platform = blueprint.platform;
    let inputs = inputs(platform);
    let mut document = Map::new()
        .comment(purpose(platform))
        .with("name", "Deploy")
        .blank()
        .with(
            "on",
            Map::new().with("workflow_call", Map::new().with("inputs", inputs)),
        )
        .blank()
        .with("permissions", Map::new())
        .blank();
    let supplied: Vec<&str> = platform
        .all_secrets()
        .into_iter()
        .filter(|secret| secret.origin == Origin::Supplied)
        .map(|secret| secret.variable.as_str())
        .collect();
    if !supplied.is_empty() {
        document = document.comment(format!(
            "No secret is needed here: the first `taxiway up` of an environment, by hand, puts {} into its vault.",
            supplied.join(", ")
        ));
    }
    document.with("jobs", jobs(vec![("deploy", deploy(blueprint, further))]))
}

/// The scripts of a deployment: those for one service speak of its release, those for several of all of them.
struct Scripts {
    deploy: &'static str,
    verify: &'static str,
    back: &'static str,
    summary: &'static str,
}

const ONE_SERVICE: Scripts = Scripts {
    deploy: include_str!("../../files/workflows/deploy.sh"),
    verify: include_str!("../../files/workflows/verify.sh"),
    back: "taxiway rollback \"$ENVIRONMENT\"",
    summary: include_str!("../../files/workflows/deploy-summary.sh"),
};

const SEVERAL_SERVICES: Scripts = Scripts {
    deploy: include_str!("../../files/workflows/services/deploy.sh"),
    verify: include_str!("../../files/workflows/services/verify.sh"),
    back: include_str!("../../files/workflows/services/back.sh"),
    summary: include_str!("../../files/workflows/services/summary.sh"),
};

fn deploy(blueprint: &Blueprint<'_>, further: &[Blueprint<'_>]) -> Map {
    let mut steps = vec![
        checkout(),
        set_up_taxiway(Some("${{ inputs.environment }}")),
    ];
    let mut known = Vec::new();
    for frontend in std::iter::once(blueprint)
        .chain(further)
        .filter_map(|it| it.frontend.as_ref())
    {
        let needed = (frontend.node, frontend.manager);
        if !known.contains(&needed) {
            known.push(needed);
            steps.extend(package::only_to_build(
                blueprint.platform,
                front_end::tools(frontend),
            ));
        }
    }
    steps.extend(package::take(blueprint.platform));
    steps.extend(deployment(blueprint.platform));
    job("Deploy", 60)
        .comment("The environment's rules hold here: reviewers, waiting time, branches. So does its Azure identity.")
        .with(
            "environment",
            Map::new()
                .with("name", "${{ inputs.environment }}")
                .with("url", "${{ steps.deploy.outputs.url }}"),
        )
        .comment("One after the other; a deployment that has begun is never cut off.")
        .with(
            "concurrency",
            Map::new()
                .with("group", "deploy-${{ inputs.environment }}")
                .with("cancel-in-progress", false),
        )
        .with("permissions", rights())
        .with("defaults", defaults("."))
        .with("env", identity("${{ inputs.environment }}"))
        .with("steps", steps)
}

/// The steps that deploy, and what follows from how that ended.
fn deployment(platform: &Platform) -> Vec<Map> {
    let scripts = if platform.further.is_empty() {
        ONE_SERVICE
    } else {
        SEVERAL_SERVICES
    };
    let told = Map::new().with("ALLOW", "${{ inputs.allow }}");
    let deploy = package::rolled_out(platform, scripts.deploy);
    let served = Map::new()
        .with("RELEASE", "${{ steps.deploy.outputs.release }}")
        .with("URL", "${{ steps.deploy.outputs.url }}");
    let mut steps = vec![
        script("Deploy", &deploy)
            .with("id", "deploy")
            .with("env", package::told(platform, told)),
        script("Verify", scripts.verify).with(
            "env",
            served
                .clone()
                .with("EXPECTED", "${{ inputs.expected-release }}"),
        ),
        Map::new()
            .comment("Only what this run swapped in is swapped back: `served` says that it did.")
            .with("name", "Roll back")
            .with(
                "if",
                "${{ failure() && steps.deploy.outputs.outcome == 'served' }}",
            )
            .with("run", script_value(scripts.back)),
    ];
    steps.extend(package::keep(platform));
    steps.push(keep_records(platform, "${{ inputs.environment }}"));
    steps.push(
        script("Summarise", scripts.summary)
            .with("if", "${{ always() }}")
            .with("env", served.with("STATUS", "${{ job.status }}")),
    );
    steps
}

/// A step with a script that is a file of ours.
pub(super) fn script(name: &str, text: &str) -> Map {
    Map::new()
        .with("name", name)
        .with("run", Value::Block(text.to_owned()))
}

/// What a rollback goes by: the releases of the environment, and the journal of the last rollout.
pub(super) fn keep_records(platform: &Platform, environment: &str) -> Map {
    let records = platform.services().flat_map(|platform| {
        let folder = match &platform.service.name {
            Some(name) => format!(".taxiway/state/{environment}/services/{name}"),
            None => format!(".taxiway/state/{environment}"),
        };
        ["releases.json", "journal.json"].map(|file| format!("{folder}/{file}"))
    });
    let path = records.collect::<Vec<String>>().join("\n");
    Map::new()
        .comment("A runner forgets everything; the next deployment, or a rollback, needs to know this one.")
        .with("name", "Keep the records")
        .with("if", "${{ always() }}")
        .with_note("uses", reference(UPLOAD_ARTIFACT), UPLOAD_ARTIFACT.tag)
        .with(
            "with",
            Map::new()
                .with("name", format!("records-{environment}"))
                .with("path", Value::Block(path))
                .with("include-hidden-files", true)
                .with("if-no-files-found", "ignore")
                .with("retention-days", 90_u32),
        )
}

fn reference(action: super::actions::Action) -> String {
    format!("{}@{}", action.name, action.commit)
}

/// `deploy-ENVIRONMENT.yml`.
pub(super) fn document(blueprint: &Blueprint<'_>, environment: &Environment) -> Map {
    let platform = blueprint.platform;
    if is_production(environment) {
        production(blueprint, environment)
    } else {
        let is_automatic =
            staging(platform).is_some_and(|staging| staging.name == environment.name);
        before_production(blueprint, environment, is_automatic)
    }
}

fn acknowledging(inputs: Map, tool: Tool) -> Map {
    match tool {
        Tool::Taxiway => inputs.with("allow", "${{ inputs.allow }}"),
        Tool::AzureCli => inputs,
    }
}

fn dispatch(tool: Tool) -> Value {
    if tool == Tool::AzureCli {
        return Value::Nothing;
    }
    Value::from(Map::new().with(
        "inputs",
        Map::new().with(
            "allow",
            Map::new()
                .with("description", "Unsafe migrations that you acknowledge, such as orders.0007, separated by spaces")
                .with("type", "string")
                .with("required", false)
                .with("default", ""),
        ),
    ))
}

fn before_production(
    blueprint: &Blueprint<'_>,
    environment: &Environment,
    is_automatic: bool,
) -> Map {
    let branch = &blueprint.platform.delivery.branch;
    let name = &environment.name;
    let tool = blueprint.platform.delivery.tool;
    let on = if is_automatic {
        Map::new()
            .with(
                "push",
                Map::new().with("branches", Value::Flow(vec![branch.clone()])),
            )
            .comment(
                if tool == Tool::Taxiway && blueprint.platform.service.has_database {
                    "By hand, where a migration has to be acknowledged."
                } else {
                    "By hand, where the same commit is to be deployed once more."
                },
            )
    } else {
        Map::new()
    };
    let inputs = Map::new().with("environment", name.as_str());
    let calls = call(blueprint, name, &["ci"]).with("with", acknowledging(inputs, tool));
    let tells = notice::after(&["ci", "deploy"], name);
    head(&format!("Deploy to {name}"))
        .with("on", on.with("workflow_dispatch", dispatch(tool)))
        .blank()
        .with("permissions", Map::new())
        .blank()
        .comment(
            "The newest commit waits for the deployment that goes on; those between are left out.",
        )
        .with("concurrency", group(&format!("to-{name}")))
        .blank()
        .with(
            "jobs",
            jobs(vec![
                ("ci", ci(blueprint)),
                ("deploy", calls),
                ("tell", tells),
            ]),
        )
}

fn production(blueprint: &Blueprint<'_>, environment: &Environment) -> Map {
    let branch = &blueprint.platform.delivery.branch;
    let name = &environment.name;
    let inputs = Map::new().with("environment", name.as_str());
    let (first, job, inputs) = match verifying(blueprint.platform) {
        Some(staging) => (
            "verified",
            package::verified(branch, staging),
            package::hand_on(inputs),
        ),
        None => ("ci", ci(blueprint), inputs),
    };
    let tool = blueprint.platform.delivery.tool;
    let mut all = vec![(first, job)];
    if !blueprint.platform.delivery.approvers.is_empty() {
        let approved = approval::job_of(blueprint.platform, environment, first);
        all.push(("approved", approved));
    }
    let needs: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    let deploys = call(blueprint, name, &needs).with("with", acknowledging(inputs, tool));
    all.push(("deploy", deploys));
    all.push(("tell", notice::after(&["deploy"], name)));
    head(&format!("Deploy to {name}"))
        .comment("Somebody decides, by starting it: that is an approval on every plan of GitHub. Where the plan has\nrequired reviewers, set them on the environment as well; where it has not, [delivery] approvers in taxiway.toml\nmakes one of them sign the plan first.")
        .with("on", Map::new().with("workflow_dispatch", dispatch(tool)))
        .blank()
        .with("permissions", Map::new())
        .blank()
        .with("concurrency", group(&format!("to-{name}")))
        .blank()
        .with("jobs", jobs(all))
}

fn head(name: &str) -> Map {
    Map::new().with("name", name).blank()
}

pub(super) fn group(name: &str) -> Map {
    Map::new()
        .with("group", name)
        .with("cancel-in-progress", false)
}

fn ci(blueprint: &Blueprint<'_>) -> Map {
    Map::new()
        .comment("The very commit that is deployed, not one that was green before it was merged.")
        .with("name", "CI")
        .with("if", on_branch(&blueprint.platform.delivery.branch))
        .with("permissions", reads())
        .with("uses", local(&blueprint.ci_file()))
}

/// Only what was merged is deployed; `workflow_dispatch` could be given any branch.
pub(super) fn on_branch(branch: &str) -> String {
    format!("${{{{ github.ref == 'refs/heads/{branch}' }}}}")
}

fn call(blueprint: &Blueprint<'_>, environment: &str, needs: &[&str]) -> Map {
    let needs = needs.iter().map(|need| (*need).to_owned()).collect();
    Map::new()
        .with("name", format!("To {environment}"))
        .with("needs", Value::Flow(needs))
        .with("permissions", rights())
        .with("uses", local(blueprint.deploy_file()))
}

fn local(file: &str) -> String {
    format!("$/.github/workflows/{file}")
}

/// Started by hand, for one of the environments.
fn dispatch_for(platform: &Platform, inputs: Map) -> Map {
    let names: Vec<String> = environments(platform)
        .iter()
        .rev()
        .map(|environment| environment.name.clone())
        .collect();
    let input = Map::new()
        .with("description", "Where")
        .with("type", "choice")
        .with("required", true)
        .with("options", names);
    Map::new().with(
        "workflow_dispatch",
        Map::new().with("inputs", inputs.with("environment", input)),
    )
}

/// Which of several services goes back.
fn which_service(platform: &Platform) -> Map {
    if platform.further.is_empty() {
        return Map::new();
    }
    let names: Vec<String> = platform
        .services()
        .map(|platform| platform.service.title().to_owned())
        .collect();
    let input = Map::new()
        .with("description", "Which service")
        .with("type", "choice")
        .with("required", true)
        .with("options", names);
    Map::new().with("service", input)
}

/// `rollback.yml`.
pub(super) fn rollback(platform: &Platform) -> Map {
    let job = job("Roll back", 30)
        .with("environment", "${{ inputs.environment }}")
        .comment("The same group as a deployment's: the two never meet.")
        .with(
            "concurrency",
            Map::new()
                .with("group", "deploy-${{ inputs.environment }}")
                .with("cancel-in-progress", false),
        )
        .with("permissions", rights())
        .with("defaults", defaults("."))
        .with("env", identity("${{ inputs.environment }}"))
        .with(
            "steps",
            vec![
                checkout(),
                set_up_taxiway(Some("${{ inputs.environment }}")),
                rollback_step(platform),
                keep_records(platform, "${{ inputs.environment }}"),
            ],
        );
    rollback_by(platform, job)
}

fn rollback_step(platform: &Platform) -> Map {
    if platform.further.is_empty() {
        return script(
            "Roll back",
            include_str!("../../files/workflows/rollback.sh"),
        );
    }
    script(
        "Roll back",
        include_str!("../../files/workflows/services/rollback.sh"),
    )
    .with("env", Map::new().with("SERVICE", "${{ inputs.service }}"))
}

/// The workflow whose one job brings the release before back.
pub(super) fn rollback_by(platform: &Platform, job: Map) -> Map {
    Map::new()
        .comment("Brings the release before back, in seconds: it waits in the other slot. Nothing is built, no schema is changed.")
        .with("name", "Roll back")
        .blank()
        .with("on", dispatch_for(platform, which_service(platform)))
        .blank()
        .with("permissions", Map::new())
        .blank()
        .with("concurrency", group("rollback-${{ inputs.environment }}"))
        .blank()
        .with("jobs", jobs(vec![("rollback", job)]))
}
