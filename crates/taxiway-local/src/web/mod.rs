//! Microsoft.Web: plans, sites, slots.

use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request},
};

/// The running sites.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sites {}

pub(crate) async fn handle(cloud: &Cloud, request: Request) -> Outcome {
    let _ = cloud;
    Err(ArmError::not_found("InvalidResourceType", request.namespace))
}
