//! The package that travels: the environment before production keeps what it verified, and production takes those very bytes.
//!
//! Invariants: what production takes is named by the artifact's id and held to the digest that GitHub noted when it was kept, and
//! nothing is built for it; where it is no longer kept, production is refused before anything is changed.

use taxiway_platform::{Environment, Platform};

use super::actions::UPLOAD_ARTIFACT;
use super::deploy::{on_branch, script, verifying};
use super::step::{defaults, job, permissions, uses};
use crate::yaml::{Map, Value};

/// How long a package waits for production.
const DAYS: u32 = 30;

const TAKE: &str = include_str!("../../files/workflows/take.sh");

/// Where nothing was verified before, it is built.
const IS_BUILT: &str = "${{ inputs.package == '' }}";

/// What a deployment is told of a package, as inputs.
pub(super) fn inputs(inputs: Map, input: impl Fn(bool, &str) -> Map) -> Map {
    let all = [
        (
            "package",
            "The artifact with the package that was verified before; it is built without it",
        ),
        ("package-digest", "The digest of that artifact"),
    ];
    all.into_iter().fold(inputs, |inputs, (name, description)| {
        inputs.with(name, input(false, description))
    })
}

/// The same as the job that called knows it.
pub(super) fn hand_on(inputs: Map) -> Map {
    inputs
        .with("expected-release", "${{ needs.verified.outputs.release }}")
        .with("package", "${{ needs.verified.outputs.package }}")
        .with(
            "package-digest",
            "${{ needs.verified.outputs.package-digest }}",
        )
}

/// Refuses a commit that this environment has not verified, and hands on which package it was.
pub(super) fn verified(branch: &str, staging: &Environment) -> Map {
    let text = [
        include_str!("../../files/workflows/verified.sh"),
        TAKE,
        include_str!("../../files/workflows/hand-on.sh"),
    ]
    .concat();
    let outputs = ["release", "package", "package-digest"];
    let outputs = outputs.into_iter().fold(Map::new(), |outputs, name| {
        outputs.with(name, format!("${{{{ steps.verified.outputs.{name} }}}}"))
    });
    job(&format!("Verified in {}", staging.name), 5)
        .with("if", on_branch(branch))
        .with(
            "permissions",
            permissions(&[("actions", "read", "finds the deployment and what it kept")]),
        )
        .with("defaults", defaults("."))
        .with("outputs", outputs)
        .with(
            "steps",
            vec![
                script(
                    &format!("{} has verified this commit", capitalised(&staging.name)),
                    &text,
                )
                .with("id", "verified")
                .with(
                    "env",
                    Map::new()
                        .with("GH_TOKEN", "${{ github.token }}")
                        .with("ENVIRONMENT", staging.name.as_str())
                        .with("WORKFLOW", format!("deploy-{}.yml", staging.name)),
                ),
            ],
        )
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// Steps that are of no use where the package is taken.
pub(super) fn only_to_build(platform: &Platform, steps: Vec<Map>) -> Vec<Map> {
    if verifying(platform).is_none() {
        return steps;
    }
    steps
        .into_iter()
        .map(|step| step.with("if", IS_BUILT))
        .collect()
}

/// The step that fetches the package that was verified before.
pub(super) fn take(platform: &Platform) -> Option<Map> {
    verifying(platform)?;
    Some(
        script("Take the verified package", TAKE)
            .with("if", "${{ inputs.package != '' }}")
            .with(
                "env",
                Map::new()
                    .with("GH_TOKEN", "${{ github.token }}")
                    .with("PACKAGE", "${{ inputs.package }}")
                    .with("DIGEST", "${{ inputs.package-digest }}"),
            ),
    )
}

/// The script that deploys, which keeps the package or takes it.
pub(super) fn rolled_out(platform: &Platform, script: &str) -> String {
    let (choice, option) = match verifying(platform) {
        Some(_) => (
            include_str!("../../files/workflows/packages.sh"),
            "\"${packages[@]}\" ",
        ),
        None => ("", ""),
    };
    script
        .replace("@CHOICE@\n", choice)
        .replace("@PACKAGES@ ", option)
}

/// Which package it is, for the script that rolls it out.
pub(super) fn told(platform: &Platform, variables: Map) -> Map {
    match verifying(platform) {
        Some(_) => variables.with("PACKAGE", "${{ inputs.package }}"),
        None => variables,
    }
}

/// The step that keeps what was verified.
pub(super) fn keep(platform: &Platform) -> Option<Map> {
    let name = &verifying(platform)?.name;
    Some(
        uses("Keep the package for production", UPLOAD_ARTIFACT)
            .with(
                "if",
                format!("${{{{ success() && inputs.environment == '{name}' }}}}"),
            )
            .with(
                "with",
                Map::new()
                    .with("name", "release-${{ inputs.environment }}")
                    .with(
                        "path",
                        Value::Block(
                            "${{ runner.temp }}/up.json\n${{ runner.temp }}/packages".to_owned(),
                        ),
                    )
                    .with("if-no-files-found", "error")
                    .with("retention-days", DAYS),
            ),
    )
}
