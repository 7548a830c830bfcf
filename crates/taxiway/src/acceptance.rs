//! What `taxiway.toml` says about judging: findings that are accepted, and the regions of environments.

use camino::Utf8Path;
use serde_json::Map;
use taxiway_arm::ResourceGroup;
use taxiway_check::Allowance;
use taxiway_diagnostics::{ReadError, Sources};
use taxiway_platform::{CONFIG_PATH, Config};

use crate::failure::Failure;

/// The configuration; an empty one where there is none.
///
/// # Errors
/// [`Failure`] where it is not right: what it accepts is not known then.
pub(crate) fn config(sources: &dyn Sources) -> Result<Config, Failure> {
    match sources.read_text(CONFIG_PATH.into()) {
        Ok(text) => Config::parse(&text).map_err(|diagnostics| {
            Failure::usage(format!("`{CONFIG_PATH}` is not right")).with_diagnostics(diagnostics)
        }),
        Err(ReadError::NotFound) => Ok(Config::default()),
        Err(error) => {
            Err(Failure::usage(format!("`{CONFIG_PATH}` cannot be read")).because(&error))
        }
    }
}

/// The findings that it accepts.
pub(crate) fn allowed(config: &Config) -> Vec<Allowance> {
    config
        .check
        .allow
        .iter()
        .map(|allowed| Allowance {
            rule: allowed.rule.value.clone(),
            resource: allowed
                .resource
                .as_ref()
                .map(|resource| resource.value.clone()),
            place: allowed.rule.place.clone(),
        })
        .collect()
}

/// The group that `main.<environment>.bicepparam` is for, where the environment has a region.
pub(crate) fn resource_group(config: &Config, file: &Utf8Path) -> Option<ResourceGroup> {
    let environment = file.file_stem()?.rsplit_once('.')?.1;
    let region = config.environments.get(environment)?.region.as_ref()?;
    Some(ResourceGroup {
        name: environment.to_owned(),
        location: region.value.clone(),
        tags: Map::new(),
    })
}
