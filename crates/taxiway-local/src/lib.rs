//! The local cloud: Azure's REST API on loopback, doing the work with processes of this machine.
//!
//! One HTTPS listener, the front door, answers for every host by its name: Resource Manager, login, Graph, vaults, Kudu and
//! telemetry ingestion. A call to Resource Manager goes through [`provider`] to the module of its namespace, whether it comes
//! by HTTP or from a deployment; what a module remembers is in the [`store`].

mod access;
mod authority;
mod body;
mod cloud;
mod endpoints;
mod error;
mod files;
mod front_door;
mod identity;
mod key_vault;
mod operations;
mod paths;
mod provider;
mod settings;
mod shutdown;
mod store;

mod postgresql;
mod proxy;
mod tools;
mod web;

pub use settings::{Ports, Settings};
