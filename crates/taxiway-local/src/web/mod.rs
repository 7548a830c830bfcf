//! Microsoft.Web: plans, sites, slots, and the Kudu host of each site.
//!
//! A site is one document in the store ([`record`]) with all its slots; [`sites`] holds what runs. One process serves a slot,
//! whatever the capacity of the plan is; Windows, containers and traffic splitting are refused. `httpsOnly`, access restrictions
//! and virtual networks are recorded and do nothing: sites answer plain HTTP on loopback.

mod build;
mod config;
mod continuous;
mod deployment;
mod handle;
mod identity_endpoint;
mod instance;
mod jobs;
mod kudu;
mod launch;
mod names;
mod package;
mod plan;
mod probe;
mod publish;
mod record;
mod references;
mod render;
mod runtime;
mod site;
mod sites;
mod slot_id;
mod stacks;
mod start_command;
mod swap;

pub(crate) use handle::handle;
pub(crate) use kudu::handle as scm_handle;
pub(crate) use sites::Sites;

use handle::unsupported;
use sites::instance_id;

#[cfg(test)]
mod tests;
