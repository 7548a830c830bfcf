//! Django migration files, read statically.

use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use taxiway_diagnostics::{Place, Sources};

use crate::document::Service;

/// One migration file of the project itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Migration {
    /// The label of its application.
    pub app: String,
    /// Its name: the file's, without `.py`.
    pub name: String,
    /// The file.
    #[schemars(with = "String")]
    pub path: Utf8PathBuf,
    /// The migrations it comes after.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<MigrationKey>,
    /// The migrations it stands for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<MigrationKey>,
    /// Whether it is the first of its application.
    pub initial: bool,
    /// Whether it runs in one transaction.
    pub atomic: bool,
    /// What it does, in order.
    pub operations: Vec<Operation>,
    /// Whether `operations` is the whole list; false where some of it is computed.
    pub complete: bool,
}

/// Names a migration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct MigrationKey {
    /// The label of its application.
    pub app: String,
    /// Its name.
    pub name: String,
}

/// One operation of a migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Operation {
    /// The class: `AddField`, `RunPython` and so on.
    pub kind: String,
    /// The model, in lower case as Django compares it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The field, index or constraint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Whether the previous release keeps working beside it.
    pub safety: Safety,
    /// Whether Django can take it back.
    pub reversible: bool,
    /// Where it stands.
    #[schemars(with = "String")]
    pub place: Place,
}

/// Whether the previous release keeps working while and after an operation runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "verdict", rename_all = "lowercase")]
pub enum Safety {
    /// It does.
    Safe,
    /// It may fail, or wait for a lock.
    Unsafe {
        /// What goes wrong.
        reason: String,
        /// Whether the previous release breaks, or merely waits.
        breaks_previous: bool,
        /// How to get there in steps that are safe.
        instead: String,
    },
}

/// The migrations of the project's own applications, by application and name.
pub fn migrations(_sources: &dyn Sources, _service: &Service) -> Vec<Migration> {
    Vec::new()
}
