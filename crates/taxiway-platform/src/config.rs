//! `taxiway.toml`: what a person chose.
//!
//! Short on purpose: what can be read from the repository or has a good default is absent. Every value keeps its place, so
//! that a decision can say which line it follows.

mod initial;
mod parse;
mod reader;

use std::borrow::Cow;

use camino::Utf8PathBuf;
use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use taxiway_diagnostics::{Diagnostic, Place};

pub use initial::initial_config;

use crate::{Container, Pipeline, Size};

/// Where the configuration lies, relative to the repository.
pub const CONFIG_PATH: &str = "taxiway.toml";

/// What a person chose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    /// The application.
    #[schemars(default)]
    pub app: AppConfig,
    /// Plain values for variables of the app in every environment. Never secrets: they belong into `app.secrets`.
    #[schemars(default)]
    pub variables: IndexMap<String, Setting<String>>,
    /// How commits get to the environments.
    #[schemars(default)]
    pub delivery: DeliverySettings,
    /// The environments by name. `local` exists without being named.
    #[schemars(default)]
    pub environments: IndexMap<String, EnvironmentSettings>,
}

/// The application.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AppConfig {
    /// The name that resources get. Default: the project's own.
    pub name: Option<Setting<String>>,
    /// Who answers for it; becomes a tag.
    pub owner: Option<Setting<String>>,
    /// Who pays for it; becomes a tag.
    pub cost_centre: Option<Setting<String>>,
    /// The folder of the service, where the repository holds several.
    #[schemars(with = "Option<String>")]
    pub root: Option<Setting<Utf8PathBuf>>,
    /// Variables that hold credentials. Their values are read from the environment of `taxiway` on the first deployment,
    /// and kept in the vault.
    #[schemars(default)]
    pub secrets: Vec<Setting<String>>,
}

/// How commits get to the environments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DeliverySettings {
    /// Whose pipelines are written. Default: GitHub's where the repository has workflows already.
    pub pipeline: Option<Setting<Pipeline>>,
    /// Whether an image is described. A Dockerfile of the project stays as it is.
    pub container: Option<Setting<Container>>,
    /// The branch whose commits are deployed. Default: `main`.
    pub branch: Option<Setting<String>>,
    /// Who reviews what decides over production, as GitHub names them: `@shop/platform`.
    #[schemars(default)]
    pub code_owners: Vec<Setting<String>>,
}

/// One environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EnvironmentSettings {
    /// Where its table starts.
    #[schemars(skip)]
    pub place: Option<Place>,
    /// The Azure region, such as `swedencentral`.
    pub region: Option<Setting<String>>,
    /// How much it gets.
    pub size: Option<Setting<Size>>,
    /// The interpreter, `major.minor`.
    pub python: Option<Setting<String>>,
    /// Its own host names.
    #[schemars(default)]
    pub domains: Vec<Setting<String>>,
    /// The database.
    #[schemars(default)]
    pub database: DatabaseSettings,
    /// Plain values for variables of the app, before those for every environment.
    #[schemars(default)]
    pub variables: IndexMap<String, Setting<String>>,
}

/// The database of an environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DatabaseSettings {
    /// The compute size, such as `Standard_D2ds_v5`.
    pub sku: Option<Setting<String>>,
    /// The major version of PostgreSQL.
    pub version: Option<Setting<String>>,
    /// The storage in GiB.
    pub storage: Option<Setting<u32>>,
    /// How far back it can be restored, in days: 7 to 35.
    pub backup_days: Option<Setting<u32>>,
}

impl Config {
    /// Reads the text of `taxiway.toml`.
    ///
    /// # Errors
    /// Every key that is unknown and every value that can't be, each with its place.
    pub fn parse(text: &str) -> Result<Self, Vec<Diagnostic>> {
        parse::parse(text)
    }

    /// The JSON Schema of `taxiway.toml`.
    pub fn schema() -> Schema {
        schemars::schema_for!(Self)
    }
}

/// A value and the line that gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// The line.
    pub place: Place,
}

impl<T: JsonSchema> JsonSchema for Setting<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A date is of no key's type, so each key that the reader knows complains about its type, not its name.
    #[test]
    fn the_schema_and_the_reader_know_the_same_keys() {
        let schema = Config::schema();
        let definitions = &schema.as_value()["$defs"];
        for (definition, table, count) in [
            ("AppConfig", "app", 5),
            ("DeliverySettings", "delivery", 4),
            ("EnvironmentSettings", "environments.production", 6),
            ("DatabaseSettings", "environments.production.database", 4),
        ] {
            assert_eq!(definitions[definition]["additionalProperties"], false);
            let keys = definitions[definition]["properties"].as_object().unwrap();
            assert_eq!(keys.len(), count, "{definition}");
            for key in keys.keys() {
                let text = format!("[{table}]\n{key} = 1979-05-27\n");
                let diagnostics = Config::parse(&text).unwrap_err();
                let codes: Vec<_> = diagnostics.iter().map(|it| it.code.as_ref()).collect();
                assert_eq!(codes, ["config-type"], "{table}.{key}");
            }
        }
    }
}
