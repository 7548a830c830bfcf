//! Microsoft.DBforPostgreSQL: flexible servers. (Being written by another engineer: see TAKEN.md.)

use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request},
};

/// The running servers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Servers {}

impl Servers {
    /// Brings back what the store remembers. Called once; returns at once, the servers start in the background.
    pub(crate) async fn restore(&self, cloud: &Cloud) -> Result<(), ArmError> {
        let _ = cloud;
        Ok(())
    }

    /// Ends every server.
    pub(crate) async fn stop_all(&self) {}
}

pub(crate) async fn handle(cloud: &Cloud, request: Request) -> Outcome {
    let _ = cloud;
    Err(ArmError::not_found("InvalidResourceType", request.namespace))
}
