//! From namespace to provider.

use super::{Outcome, Request};
use crate::{cloud::Cloud, error::ArmError, postgresql, web};

/// Checks the caller's rights and hands the call to the provider of its namespace.
pub(crate) async fn dispatch(cloud: &Cloud, request: Request) -> Outcome {
    match request.namespace.to_ascii_lowercase().as_str() {
        "microsoft.web" => web::handle(cloud, request).await,
        "microsoft.dbforpostgresql" => postgresql::handle(cloud, request).await,
        _ => Err(ArmError::not_found(
            "InvalidResourceNamespace",
            format!(
                "The resource namespace '{}' is invalid.",
                request.namespace
            ),
        )),
    }
}
