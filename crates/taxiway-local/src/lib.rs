//! The local cloud: Azure's REST API on loopback, doing the work with processes of this machine.
//!
//! One HTTPS listener, the front door, answers for every host by its name: Resource Manager, login, Graph, vaults, Kudu and
//! telemetry ingestion. A call to Resource Manager goes through [`provider`] to the module of its namespace, whether it comes
//! by HTTP or from a deployment; what a module remembers is in the [`store`].

mod access;
mod authority;
mod authorization;
mod body;
mod catalogue;
mod cloud;
mod deployments;
mod endpoints;
mod error;
mod files;
mod first_start;
mod front_door;
mod generic;
mod graph;
mod identity;
mod ingestion;
mod key_vault;
mod listener;
mod login;
mod managed_identity;
mod operations;
mod paths;
mod provider;
mod record;
mod resource_manager;
mod resources;
mod run;
mod settings;
mod shutdown;
mod store;

mod postgresql;
mod process;
mod proxy;
mod tools;
mod web;

pub use listener::BindError;
pub use run::{RunError, Status, reset, run};
pub use settings::{Ports, Settings};
