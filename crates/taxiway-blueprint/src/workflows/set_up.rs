//! `.github/actions/set-up-taxiway/action.yml`: Taxiway itself, by the version that wrote the files, and an environment's records.

use taxiway_platform::{Delivery, Program};

use super::actions::CACHE;
use super::deploy::script;
use super::step::{ORDER, uses};
use crate::yaml::Map;

/// The action's folder.
pub(super) const FOLDER: &str = ".github/actions/set-up-taxiway";

/// The version that writes these files is the one that they use.
const VERSION: &str = concat!("v", env!("CARGO_PKG_VERSION"));
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");
const TOOLCHAIN: &str = env!("CARGO_PKG_RUST_VERSION");

/// The release that taxiway.toml names, and nothing else under its address.
fn download(program: &Program) -> Map {
    script(
        "Install Taxiway",
        include_str!("../../files/workflows/download.sh"),
    )
    .with("shell", "bash")
    .with(
        "env",
        Map::new()
            .with("URL", program.url.as_str())
            .with("SHA256", program.sha256.as_str()),
    )
}

/// From the tag of this version: as good as the tag, which its owner could move.
fn build() -> Vec<Map> {
    let install = include_str!("../../files/workflows/install.sh")
        .replace("@TOOLCHAIN@", TOOLCHAIN)
        .replace("@REPOSITORY@", REPOSITORY);
    vec![
        uses("Find it in the cache", CACHE)
            .with("id", "cache")
            .with(
                "with",
                Map::new().with("path", "~/.cargo/bin/taxiway").with(
                    "key",
                    format!("taxiway-{VERSION}-${{{{ runner.os }}}}-${{{{ runner.arch }}}}"),
                ),
            ),
        script("Install Taxiway", &install)
            .comment("Built from the tag of its version. A release with a checksum is quicker and surer, where there is one:\n[delivery.taxiway] in taxiway.toml takes its url and sha256.")
            .with("if", "${{ steps.cache.outputs.cache-hit != 'true' }}")
            .with("shell", "bash")
            .with("env", Map::new().with("VERSION", VERSION)),
    ]
}

pub(super) fn document(delivery: &Delivery) -> Map {
    let mut steps = match &delivery.program {
        Some(program) => vec![download(program)],
        None => build(),
    };
    steps.push(
        script(
            "Fetch the records",
            include_str!("../../files/workflows/records.sh"),
        )
        .with("if", "${{ inputs.environment != '' }}")
        .with("shell", "bash")
        .with(
            "env",
            Map::new()
                .with("GH_TOKEN", "${{ github.token }}")
                .with("ENVIRONMENT", "${{ inputs.environment }}")
                .with("BRANCH", delivery.branch.as_str()),
        ),
    );
    Map::new()
        .with("name", "Set up Taxiway")
        .with(
            "description",
            "Installs Taxiway, and fetches what earlier deployments of an environment recorded",
        )
        .blank()
        .with(
            "inputs",
            Map::new().with(
                "environment",
                Map::new()
                    .with(
                        "description",
                        "The environment whose records are needed; none without it",
                    )
                    .with("required", false)
                    .with("default", ""),
            ),
        )
        .blank()
        .with(
            "runs",
            Map::new()
                .with("using", "composite")
                .with("steps", steps)
                .with_sorted_values(&ORDER),
        )
}
