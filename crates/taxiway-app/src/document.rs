//! The document `taxiway.detect/v1`: what reading a repository found out.
//!
//! A public interface: keys are added, never renamed. A fact that was not found is absent; nothing is guessed. Each fact
//! has its places in [`Service::evidence`], or carries them itself where it is one of a list. Values of secrets are never
//! in it.

mod dependencies;
mod entrypoint;
mod facts;
mod reason;
mod service;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use dependencies::{
    Declaration, Dependencies, Distribution, Manager, Python, PythonDeclaration,
};
pub use entrypoint::Entrypoint;
pub use facts::{
    Artifacts, AzureDeveloper, Backing, Database, DatabaseConfig, DatabaseEngine, Email,
    EnvironmentVariable, Finding, Framework, FrameworkName, Frontend, Interface, Media,
    MediaStorage, MigrationTool, Migrations, Port, Process, ProcessKind, Server,
    ServerConfiguration, ServerSetting, StaticFiles, StaticStrategy, Tests,
};
pub use reason::{Reason, Rejected};
pub use service::Service;
pub(crate) use service::UNNAMED;

/// The name of the document's schema.
pub const SCHEMA: &str = "taxiway.detect/v1";

/// What a repository is, and the web services in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct App {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// What the repository is.
    pub kind: Kind,
    /// One entry for each Python web application that one would deploy.
    #[serde(default)]
    pub services: Vec<Service>,
    /// Front ends that are deployed on their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frontends: Vec<Frontend>,
    /// Why the repository is what it is, under `kind`, and what looked like a service and is none, under `services`.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub reasons: std::collections::BTreeMap<String, Reason>,
    /// What a reader of the document should know, such as files that could not be read, or why there is no service.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl App {
    /// A repository of this kind, without services.
    pub fn new(kind: Kind) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            kind,
            services: Vec::new(),
            frontends: Vec::new(),
            reasons: std::collections::BTreeMap::new(),
            warnings: Vec::new(),
        }
    }

    /// Gives a service that has no name of its own the repository's, which only its folder tells.
    pub fn name_after(&mut self, repository: &str) {
        if let [service] = self.services.as_mut_slice()
            && service.name == UNNAMED
        {
            repository.clone_into(&mut service.name);
        }
    }
}

/// What a repository is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Something to deploy.
    App,
    /// Something that other projects install.
    Library,
    /// A program for the terminal.
    Cli,
    /// A generator of projects.
    Template,
    /// Several unrelated demonstrations.
    Collection,
    /// Not Python.
    Other,
}

/// The JSON Schema of the document.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(App)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_no_name_is_named_after_its_repository() {
        for (name, expected) in [(UNNAMED, "bakery"), ("shop", "shop")] {
            let mut app = App::new(Kind::App);
            app.services.push(Service {
                name: name.to_owned(),
                ..Service::default()
            });
            app.name_after("bakery");
            assert_eq!(app.services[0].name, expected);
        }
    }
}
