//! The same deployments without Taxiway: with the Azure CLI and Azure's own actions alone.
//!
//! The stages are the same, and so is the name of the deployment: either way of deploying can follow the other. What Taxiway keeps
//! in records is read from GitHub's history of runs here: a release counts as verified where its deployment ended well.
//!
//! Invariant: a swap back, and a rollback, look at what the slot holds first. What was rejected is never put into production.

use taxiway_platform::{Origin, Platform};

use super::actions::AZURE_LOGIN;
use super::deploy::{environments, group, inputs, rights, rollback_by, script, verifying};
use super::step::{checkout, defaults, job, jobs, uses};
use super::{Blueprint, front_end, package};
use crate::yaml::{Map, Value};

/// What Resource Manager calls the deployment of an environment.
pub(super) const DEPLOYMENT: &str = "taxiway";

/// Deploys the Bicep with the secrets of `$vault`; whoever runs it says which vault that is.
pub(super) const PROVISION: &str = include_str!("../../files/workflows/az/provision.sh");

/// `deploy.yml`.
pub(super) fn reusable(blueprint: &Blueprint<'_>) -> Map {
    let platform = blueprint.platform;
    Map::new()
        .comment(first_time(platform))
        .with("name", "Deploy")
        .blank()
        .with(
            "on",
            Map::new().with("workflow_call", Map::new().with("inputs", inputs(platform))),
        )
        .blank()
        .with("permissions", Map::new())
        .blank()
        .with("jobs", jobs(vec![("deploy", deploy(blueprint))]))
}

/// Secrets are made once, by hand: no pipeline ever holds one.
fn first_time(platform: &Platform) -> String {
    let mut lines = vec![
        super::deploy::purpose(platform),
        "The first deployment of an environment is made by hand, because it makes the secrets, which stay in its vault:".to_owned(),
    ];
    let Some(environment) = environments(platform).into_iter().next_back() else {
        return lines.join("\n");
    };
    let (name, group) = (&environment.name, &environment.resource_group);
    lines.push(format!(
        "  az group create --name {group} --location {}",
        environment.region
    ));
    for secret in platform.secrets_of(environment) {
        lines.push(match secret.origin {
            Origin::Generated { .. } => {
                format!(
                    "  export {}=\"Aa1-$(openssl rand -hex 28)\"",
                    secret.variable
                )
            }
            Origin::Supplied => format!("  read -rs {0} && export {0}", secret.variable),
        });
    }
    lines.push(format!(
        "  az deployment group create --resource-group {group} --name {DEPLOYMENT} \\"
    ));
    lines.push("    --template-file infrastructure/bicep/main.bicep \\".to_owned());
    lines.push(format!(
        "    --parameters infrastructure/bicep/main.{name}.bicepparam"
    ));
    lines.join("\n")
}

fn environment_variable() -> Map {
    Map::new()
        .with("ENVIRONMENT", "${{ inputs.environment }}")
        .with("DEPLOYMENT", DEPLOYMENT)
}

pub(super) fn sign_in() -> Map {
    uses("Sign in to Azure", AZURE_LOGIN)
        .comment("Variables of the environment on GitHub: names, no secrets. This job's own token is the credential.")
        .with(
            "with",
            Map::new()
                .with("client-id", "${{ vars.AZURE_CLIENT_ID }}")
                .with("tenant-id", "${{ vars.AZURE_TENANT_ID }}")
                .with("subscription-id", "${{ vars.AZURE_SUBSCRIPTION_ID }}"),
        )
}

fn place(platform: &Platform) -> Map {
    let cases: Vec<String> = environments(platform)
        .into_iter()
        .map(|it| format!("  {}) group={} ;;", it.name, it.resource_group))
        .collect();
    let text =
        include_str!("../../files/workflows/az/place.sh").replace("@CASES@", &cases.join("\n"));
    script("Find the environment", &text).with("id", "place")
}

/// What the steps after [`place`] know.
fn at_place(names: &[&str]) -> Map {
    let mut variables = Map::new();
    for name in names {
        let value = match *name {
            "RESOURCE_GROUP" => "${{ steps.place.outputs.group }}",
            "SITE" => "${{ steps.place.outputs.site }}",
            "SLOT" => "${{ steps.place.outputs.slot }}",
            "SLOT_URL" => "${{ steps.place.outputs.slot-url }}",
            "URL" => "${{ steps.place.outputs.url }}",
            _ => "${{ steps.package.outputs.release }}",
        };
        variables = variables.with(*name, value);
    }
    variables
}

/// The secure parameters of the template, and what the vault calls them, as JSON with a line for each.
pub(super) fn secrets(platform: &Platform) -> Value {
    let secrets: Vec<String> = platform
        .secrets
        .iter()
        .map(|secret| format!("  \"{}\": \"{}\"", secret.parameter, secret.name))
        .collect();
    Value::Block(format!("{{\n{}\n}}", secrets.join(",\n")))
}

fn deploy(blueprint: &Blueprint<'_>) -> Map {
    let platform = blueprint.platform;
    let folder = match platform.service.root.as_str() {
        "." => "",
        root => root,
    };
    let slot = ["RESOURCE_GROUP", "SITE", "SLOT"];
    let mut steps = vec![checkout()];
    let taken = match verifying(platform) {
        Some(_) => include_str!("../../files/workflows/az/taken.sh"),
        None => "",
    };
    let mut packing =
        include_str!("../../files/workflows/az/package.sh").replace("@TAKEN@\n", taken);
    if let Some(frontend) = &blueprint.frontend {
        // Before anything here may act in Azure: packages of strangers run.
        steps.extend(package::only_to_build(
            platform,
            front_end::steps(frontend, "."),
        ));
        packing.push_str(include_str!("../../files/workflows/az/front-end.sh"));
    }
    steps.extend(package::take(platform));
    let packed = Map::new()
        .with("FOLDER", folder)
        .with("EXPECTED", "${{ inputs.expected-release }}");
    steps.extend([
        sign_in(),
        place(platform),
        script("Package", &packing)
            .with("id", "package")
            .with("env", package::told(platform, packed)),
        script(
            "Provision",
            &format!(
                "{}{PROVISION}",
                include_str!("../../files/workflows/az/vault.sh")
            ),
        )
        .with(
            "env",
            at_place(&["RESOURCE_GROUP"])
                .comment("Parameters that come from the vault, and their names there.")
                .with("SECRETS", secrets(platform)),
        ),
        script(
            "Publish to the slot",
            include_str!("../../files/workflows/az/publish.sh"),
        )
        .with("env", at_place(&slot)),
    ]);
    if platform.service.has_database {
        let migrate = include_str!("../../files/workflows/az/migrate.sh");
        steps.push(script("Migrate", migrate).with("env", at_place(&slot)));
    }
    steps.extend([
        script("Warm", include_str!("../../files/workflows/az/warm.sh"))
            .with("env", at_place(&["SLOT_URL", "RELEASE"])),
        script("Swap", include_str!("../../files/workflows/az/swap.sh"))
            .with("id", "swap")
            .with("env", at_place(&slot)),
        script("Verify", include_str!("../../files/workflows/az/verify.sh"))
            .with("env", at_place(&["URL", "RELEASE"])),
        script(
            "Swap back",
            include_str!("../../files/workflows/az/back.sh"),
        )
        .comment("Only what this run swapped in is swapped back.")
        .with(
            "if",
            "${{ failure() && steps.swap.outputs.began == 'true' }}",
        )
        .with(
            "env",
            at_place(&["RESOURCE_GROUP", "SITE", "SLOT", "SLOT_URL", "RELEASE"]),
        ),
    ]);
    steps.extend(package::keep(platform));
    steps.push(
        script(
            "Summarise",
            include_str!("../../files/workflows/az/summary.sh"),
        )
        .with("if", "${{ always() }}")
        .with(
            "env",
            at_place(&["URL", "RELEASE"]).with("STATUS", "${{ job.status }}"),
        ),
    );
    job("Deploy", 60)
        .comment("The environment's rules hold here: reviewers, waiting time, branches. So does its Azure identity.")
        .with(
            "environment",
            Map::new()
                .with("name", "${{ inputs.environment }}")
                .with("url", "${{ steps.place.outputs.url }}"),
        )
        .comment("One after the other; a deployment that has begun is never cut off.")
        .with("concurrency", group("deploy-${{ inputs.environment }}"))
        .with("permissions", rights())
        .with("defaults", defaults("."))
        .with("env", environment_variable())
        .with("steps", steps)
}

/// `rollback.yml`.
pub(super) fn rollback(platform: &Platform) -> Map {
    let schema = if platform.service.has_database {
        " The schema of the database stays as it is."
    } else {
        ""
    };
    let job = job("Roll back", 30)
        .with("environment", "${{ inputs.environment }}")
        .comment("The same group as a deployment's: the two never meet.")
        .with("concurrency", group("deploy-${{ inputs.environment }}"))
        .with("permissions", rights())
        .with("defaults", defaults("."))
        .with("env", environment_variable())
        .with(
            "steps",
            vec![
                sign_in(),
                place(platform),
                script(
                    "Roll back",
                    &include_str!("../../files/workflows/az/rollback.sh")
                        .replace("@SCHEMA@", schema),
                )
                .with(
                    "env",
                    at_place(&["RESOURCE_GROUP", "SITE", "SLOT", "SLOT_URL", "URL"])
                        .with("GH_TOKEN", "${{ github.token }}"),
                ),
            ],
        );
    rollback_by(platform, job)
}
