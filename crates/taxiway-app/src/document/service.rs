//! One web application.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use taxiway_diagnostics::Place;

use super::{
    Artifacts, Backing, Database, Dependencies, Distribution, Email, Entrypoint,
    EnvironmentVariable, Finding, Framework, Frontend, Interface, Media, Migrations, Port, Process,
    Python, Reason, Server, ServerConfiguration, StaticFiles, Tests,
};

/// One Python web application that one would deploy.
///
/// Paths are relative to the repository, with `/`; the repository itself is `.`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Service {
    /// A name for people: the project's, or that of its folder.
    pub name: String,
    /// The folder with the manifest that installs the service.
    #[schemars(with = "String")]
    pub root: Utf8PathBuf,
    /// The folder to run from: `entrypoint` can be imported there.
    #[schemars(with = "String")]
    pub app_dir: Utf8PathBuf,
    /// The web framework.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub framework: Option<Framework>,
    /// How the server talks to the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interface: Option<Interface>,
    /// What the server is pointed at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entrypoint: Option<Entrypoint>,
    /// Django: the settings module that production uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings_module: Option<String>,
    /// Django's `manage.py`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub manage: Option<Utf8PathBuf>,
    /// The interpreter.
    pub python: Python,
    /// How production installs the requirements, and which.
    pub dependencies: Dependencies,
    /// The production server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<Server>,
    /// How the project configures gunicorn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_configuration: Option<ServerConfiguration>,
    /// The port by the project's own files: a number, or `$NAME`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    pub port: Option<Port>,
    /// The database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<Database>,
    /// Other services that the production settings can use.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub backing: Vec<Backing>,
    /// What runs beside the web process.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub processes: Vec<Process>,
    /// What the web process starts inside of itself, once in each worker.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub in_process: Vec<Process>,
    /// The tool for schema migrations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub migrations: Option<Migrations>,
    /// Static files.
    #[serde(rename = "static", skip_serializing_if = "Option::is_none")]
    pub static_files: Option<StaticFiles>,
    /// Uploads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<Media>,
    /// A JavaScript or CSS build that this service needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontend: Option<Frontend>,
    /// Libraries and programs of the operating system, by plain name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub system_packages: Vec<String>,
    /// The variables that the production settings read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<EnvironmentVariable>,
    /// The path that answers health checks without a login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<String>,
    /// Deployment files that the repository already has.
    pub artifacts: Artifacts,
    /// How the tests run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tests: Option<Tests>,
    /// Findings about the production settings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub security: Vec<Finding>,
    /// E-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// Django: the middleware of the production settings, in order, where it is known in full.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub middleware: Vec<String>,
    /// Django: the applications of the production settings, in order, as far as they are known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub installed_apps: Vec<String>,
    /// Where each fact was seen, by its key, such as `entrypoint` or `static.root`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    pub evidence: BTreeMap<String, Vec<Place>>,
    /// Why a fact is what it is, by its key, where there was something to choose.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub reasons: BTreeMap<String, Reason>,
    /// What could not be settled, and what contradicts it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// What a service is called that has no name of its own.
pub(crate) const UNNAMED: &str = "web";

impl Service {
    /// The production requirement of this name, in any spelling.
    pub fn distribution(&self, name: &str) -> Option<&Distribution> {
        let wanted = crate::requirement::normalized_name(name);
        self.dependencies
            .distributions
            .iter()
            .find(|distribution| distribution.name == wanted)
    }

    /// Whether the production requirements name this distribution, in any spelling.
    pub fn installs(&self, name: &str) -> bool {
        self.distribution(name).is_some()
    }

    /// Where the fact with this key was seen first.
    pub fn seen(&self, fact: &str) -> Option<&Place> {
        self.evidence.get(fact)?.first()
    }
}
