//! Microsoft.DBforPostgreSQL: flexible servers.

use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request},
};

/// The running servers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Servers {}

pub(crate) async fn handle(cloud: &Cloud, request: Request) -> Outcome {
    let _ = cloud;
    Err(ArmError::not_found("InvalidResourceType", request.namespace))
}
