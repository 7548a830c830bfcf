//! `taxiway.toml`: what a person chose.
//!
//! Short on purpose: what can be read from the repository or has a good default is absent. Every value keeps its place, so
//! that a decision can say which line it follows.

mod background;
mod environment;
mod initial;
mod parse;
mod reader;
mod service;

use std::borrow::Cow;

use camino::Utf8PathBuf;
use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use taxiway_diagnostics::{Diagnostic, Place};

pub use initial::initial_config;

use crate::{
    Container, DatabaseKind, Hosting, NetworkProfile, Pipeline, Repository, SignIn, Size, Tool,
};

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
    /// Processes beside the web process, by name: those that were found can be changed here, and others added.
    #[schemars(default)]
    pub background: IndexMap<String, BackgroundSettings>,
    /// Web services of the repository besides the one of `[app]`, by the names that their sites get.
    #[schemars(default)]
    pub services: IndexMap<String, ServiceSettings>,
    /// The environments by name. `local` exists without being named.
    #[schemars(default)]
    pub environments: IndexMap<String, EnvironmentSettings>,
    /// What `taxiway check` accepts.
    #[schemars(default)]
    pub check: CheckConfig,
}

/// What `taxiway check` accepts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CheckConfig {
    /// Findings that are accepted.
    #[schemars(default)]
    pub allow: Vec<AllowedFinding>,
}

/// A finding that is accepted, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AllowedFinding {
    /// The rule.
    pub rule: Setting<String>,
    /// Why.
    pub reason: Setting<String>,
    /// Only for resources whose type or name holds this text.
    pub resource: Option<Setting<String>>,
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
    /// How confidential its data is, such as `internal`; becomes a tag.
    pub data_classification: Option<Setting<String>>,
    /// How it is hosted in Azure.
    pub hosting: Option<Setting<Hosting>>,
    /// Whether the app has a database: `postgresql` or `none`. Default: `none` where nothing in the code opens one.
    pub database: Option<Setting<DatabaseChoice>>,
    /// The regions that data may be in, backups included. A policy keeps everything else out.
    #[schemars(default)]
    pub data_residency: Vec<Setting<String>>,
    /// The folder of the service, where the repository holds several.
    #[schemars(with = "Option<String>")]
    pub root: Option<Setting<Utf8PathBuf>>,
    /// Whether the front end that the app serves is built before its code is published. Default: yes; `false` takes its output
    /// as it is committed.
    pub build_frontend: Option<Setting<bool>>,
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
    /// Where the repository is on GitHub: `OWNER/NAME`, or `OWNER@ID/NAME@ID` where the tokens of its jobs have the numbers
    /// (`gh api repos/OWNER/NAME/actions/oidc/customization/sub` says so).
    pub repository: Option<Setting<Repository>>,
    /// The branch whose commits are deployed. Default: `main`.
    pub branch: Option<Setting<String>>,
    /// What the deployment workflows call. Default: `taxiway`.
    pub deploy_with: Option<Setting<Tool>>,
    /// Where workflows get Taxiway from. Default: built from the tag of its version.
    pub taxiway: Option<ProgramSettings>,
    /// Who reviews what decides over production, as GitHub names them: `@shop/platform`.
    #[schemars(default)]
    pub code_owners: Vec<Setting<String>>,
    /// Who may approve a plan for production by signing it, by the e-mail addresses of their signatures. Asked for where the
    /// environment has no reviewers on GitHub. Default: nobody is asked, and starting the deployment is the approval.
    #[schemars(default)]
    pub approvers: Vec<Setting<String>>,
    /// Where Cloud Build deploys to.
    pub cloud_run: Option<CloudRunSettings>,
}

/// The services of Google Cloud Run that Cloud Build deploys to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CloudRunSettings {
    /// The region of services, images and builds, such as `europe-west4`.
    pub region: Option<Setting<String>>,
    /// The Cloud SQL instance of production, which is backed up before migrations.
    pub sql_instance: Option<Setting<String>>,
}

/// A process beside the web process.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BackgroundSettings {
    /// What starts it, in the folder that the application runs from. A shell's quotes, variables and pipes mean nothing here.
    pub command: Option<Setting<String>>,
    /// Whether one instance runs it, however many there are. Default: schedulers alone.
    pub single: Option<Setting<bool>>,
    /// Whether it is run at all. Default: yes.
    pub run: Option<Setting<bool>>,
}

/// A web service besides the one of `[app]`: it gets a site of its own on the same plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ServiceSettings {
    /// Its folder.
    #[schemars(with = "String")]
    pub root: Setting<Utf8PathBuf>,
    /// Whether it has a database: `postgresql` is one of its own on the same server, `shared` that of the service of `[app]`.
    /// Default: one of its own where something in its code opens one.
    pub database: Option<Setting<ServiceDatabase>>,
    /// Variables of this service alone that hold credentials. Of those of the app it gets what its code reads.
    #[schemars(default)]
    pub secrets: Vec<Setting<String>>,
    /// Plain values for variables of this service, before those of the app.
    #[schemars(default)]
    pub variables: IndexMap<String, Setting<String>>,
    /// Processes beside its web process, by name.
    #[schemars(default)]
    pub background: IndexMap<String, BackgroundSettings>,
}

/// What a service besides that of `[app]` has in one environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ServiceInEnvironment {
    /// Where its table starts.
    #[schemars(skip)]
    pub place: Option<Place>,
    /// Its own host names.
    #[schemars(default)]
    pub domains: Vec<Setting<String>>,
    /// Whether these names lead to its site by now, so that they are bound to it and get certificates. Default: no.
    pub bind_domains: Option<Setting<bool>>,
    /// Plain values for variables of this service, before all others.
    #[schemars(default)]
    pub variables: IndexMap<String, Setting<String>>,
}

/// A release of Taxiway for Linux, which workflows download and check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ProgramSettings {
    /// An archive with the program `taxiway`, or the program itself.
    pub url: Setting<String>,
    /// Its SHA-256, as 64 hexadecimal digits: something else is not run.
    pub sha256: Setting<String>,
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
    /// Whether these names lead to the site by now, so that they are bound to it and get certificates. Default: no.
    pub bind_domains: Option<Setting<bool>>,
    /// Who reaches what.
    pub network: Option<Setting<NetworkProfile>>,
    /// Whether people get in by a point-to-site VPN, which costs while it exists.
    pub vpn: Option<Setting<bool>>,
    /// Public addresses (CIDR) from which people reach the vault and the storage besides the site.
    #[schemars(default)]
    pub allowed_addresses: Vec<Setting<String>>,
    /// Whether instances, and a standby of the database, are spread over availability zones.
    pub zone_redundant: Option<Setting<bool>>,
    /// How many instances there may be under load.
    pub most_instances: Option<Setting<u32>>,
    /// Azure Managed Redis: `redis` or `none`.
    pub cache: Option<Setting<CacheChoice>>,
    /// Whether it has a storage account for media and static files.
    pub storage: Option<Setting<bool>>,
    /// Mail addresses of those who are told when something is wrong.
    #[schemars(default)]
    pub alerts: Vec<Setting<String>>,
    /// What it may cost in a month.
    pub budget: Option<BudgetSettings>,
    /// When nobody uses it, so that its database server is stopped.
    pub off_hours: Option<OffHoursSettings>,
    /// Whether what holds data can't be deleted until a lock is removed.
    pub lock: Option<Setting<bool>>,
    /// Whether the processes beside the web process run here. Default: yes.
    pub background: Option<Setting<bool>>,
    /// The database.
    #[schemars(default)]
    pub database: DatabaseSettings,
    /// Plain values for variables of the app, before those for every environment.
    #[schemars(default)]
    pub variables: IndexMap<String, Setting<String>>,
    /// What differs for the services of `[services]`, by their names.
    #[schemars(default)]
    pub services: IndexMap<String, ServiceInEnvironment>,
}

/// The database of an environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DatabaseSettings {
    /// Whose it is: `new` is a server of the platform's own, `external` one whose URL is a secret.
    pub kind: Option<Setting<DatabaseKind>>,
    /// How the app signs in: `identity` by tokens of its managed identity, `password` by one in the vault.
    pub sign_in: Option<Setting<SignIn>>,
    /// Whether the app comes by a connection pooler: PgBouncer of a new server, or whatever the URL of an external database leads
    /// to. Migrations go past it.
    pub pooler: Option<Setting<bool>>,
    /// Whether a standby takes over when the server fails; doubles its price.
    pub standby: Option<Setting<bool>>,
    /// Whether backups are copied to the region's pair. Chosen when the server is made, for good.
    pub geo_redundant_backup: Option<Setting<bool>>,
    /// The compute size, such as `Standard_D2ds_v5`.
    pub sku: Option<Setting<String>>,
    /// The major version of PostgreSQL.
    pub version: Option<Setting<String>>,
    /// The storage in GiB.
    pub storage: Option<Setting<u32>>,
    /// How far back it can be restored, in days: 7 to 35.
    pub backup_days: Option<Setting<u32>>,
}

/// When nobody uses an environment: each day from one time, and until another on working days. Both in UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OffHoursSettings {
    /// The time at which it ends, every day, as `19:30`.
    #[schemars(regex(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$"))]
    pub from: Setting<String>,
    /// The time at which it begins, Monday to Friday, as `05:30`.
    #[schemars(regex(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$"))]
    pub until: Setting<String>,
}

/// The budget of an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BudgetSettings {
    /// A month's amount in the currency of the subscription.
    pub amount: Setting<u32>,
    /// The month of the first deployment, `YYYY-MM`. Azure takes none that has passed.
    #[schemars(regex(pattern = "^20[0-9]{2}-(0[1-9]|1[0-2])$"))]
    pub since: Setting<String>,
}

/// Whether an app has a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DatabaseChoice {
    /// It has one.
    Postgresql,
    /// It keeps nothing, or keeps it elsewhere.
    None,
}

/// Whether a service besides that of `[app]` has a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ServiceDatabase {
    /// One of its own, on the same server.
    Postgresql,
    /// That of the service of `[app]`.
    Shared,
    /// None.
    None,
}

/// Which cache an environment has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CacheChoice {
    /// None.
    None,
    /// Azure Managed Redis.
    Redis,
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
            ("AppConfig", "app", 10),
            ("DeliverySettings", "delivery", 9),
            ("CloudRunSettings", "delivery.cloud-run", 2),
            ("BackgroundSettings", "background.work", 3),
            ("ServiceSettings", "services.gateway", 5),
            ("EnvironmentSettings", "environments.production", 20),
            ("DatabaseSettings", "environments.production.database", 9),
            ("OffHoursSettings", "environments.staging.off-hours", 2),
            ("BudgetSettings", "environments.production.budget", 2),
            ("CheckConfig", "check", 1),
        ] {
            assert_eq!(definitions[definition]["additionalProperties"], false);
            let keys = definitions[definition]["properties"].as_object().unwrap();
            assert_eq!(keys.len(), count, "{definition}");
            for key in keys.keys() {
                let is_needed = definition == "ServiceSettings" && key != "root";
                let needed = if is_needed {
                    "root = \"gateway\"\n"
                } else {
                    ""
                };
                let text = format!("[{table}]\n{needed}{key} = 1979-05-27\n");
                let diagnostics = Config::parse(&text).unwrap_err();
                let codes: Vec<_> = diagnostics.iter().map(|it| it.code.as_ref()).collect();
                assert_eq!(codes, ["config-type"], "{table}.{key}");
            }
        }
    }
}
