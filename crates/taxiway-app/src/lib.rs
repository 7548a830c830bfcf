//! Reads a Python repository into an [`App`]: facts with evidence, never by running its code.
//!
//! [`read`] gives the document `taxiway.detect/v1`, [`migrations`] the Django migrations of one of its services, and
//! [`export_lock`] the lock of one as pip requirements. All are functions of the files alone, and never fail: what cannot be
//! read is absent, and said so in the document's warnings.

mod ahead;
mod artifact;
mod django;
mod django_service;
mod document;
mod evidence;
mod frontend;
mod gunicorn;
mod kind;
mod lock;
mod manifest;
mod migration;
mod process;
mod python;
mod python_apps;
mod reader;
mod reading;
mod reason;
mod repository;
mod requirement;
mod secret;
mod start;
mod system_package;
mod web;
mod web_environment;
mod web_service;
mod why;

pub use document::{
    App, Artifacts, AzureDeveloper, Backing, Database, DatabaseConfig, DatabaseEngine, Declaration,
    Dependencies, Distribution, Email, Entrypoint, EnvironmentVariable, Finding, Framework,
    FrameworkName, Frontend, Interface, Kind, Manager, Media, MediaStorage, MigrationTool,
    Migrations, Port, Process, ProcessKind, Python, PythonDeclaration, Reason, Rejected, SCHEMA,
    Server, ServerConfiguration, ServerSetting, Service, StaticFiles, StaticStrategy, Tests,
    schema,
};
pub use lock::export_lock;
pub use migration::{
    Migration, MigrationKey, Operation, Rivals, Safety, Unmigrated, migrations, newest, rivals,
    unmigrated,
};
pub use reader::{Reader, read};
pub use requirement::normalized_name;
pub use why::{Explanation, NoSuchFact, Seen, explain};
