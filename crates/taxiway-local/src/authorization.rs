//! Microsoft.Authorization: role assignments, role definitions, locks, and what the caller may do.

mod assignments;
mod definitions;
mod locks;

use http::Method;
use serde_json::json;

use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response, rules},
    record,
};

pub(crate) use definitions::definition_id;
pub(crate) use locks::require_unlocked;

/// Answers a call.
pub(crate) fn handle(cloud: &Cloud, request: &Request) -> Outcome {
    let resource_type = request.id.resource_type().to_ascii_lowercase();
    let action = request.action.as_deref().map(str::to_ascii_lowercase);
    match (action.as_deref(), resource_type.as_str()) {
        (Some("roleassignments"), _) => assignments::list(cloud, request),
        (Some("roledefinitions"), _) => definitions::list(cloud, request),
        (Some("locks"), _) => locks::list(cloud, request),
        (Some("permissions"), _) => permissions(cloud, request),
        // Assignments of classic administrators, denials and policies: there are none.
        (Some("classicadministrators" | "denyassignments" | "policyassignments"), _)
            if request.method == Method::GET =>
        {
            Ok(Response::list(Vec::new()))
        }
        (None, "microsoft.authorization/roleassignments") => assignments::handle(cloud, request),
        (None, "microsoft.authorization/roledefinitions") => definitions::handle(cloud, request),
        (None, "microsoft.authorization/locks") => locks::handle(cloud, request),
        (None, _) => Err(rules::unknown_type(
            &request.id.resource_type(),
            &request.api_version,
        )),
        (Some(action), _) => Err(ArmError::not_found(
            "InvalidResourceType",
            format!(
                "The resource type '{action}' could not be found in the namespace 'Microsoft.Authorization' for api version '{}'.",
                request.api_version
            ),
        )),
    }
}

/// GET {scope}/providers/Microsoft.Authorization/permissions: the caller's own.
fn permissions(cloud: &Cloud, request: &Request) -> Outcome {
    if request.method != Method::GET {
        return Err(record::method_not_allowed(request));
    }
    let roles = crate::access::roles_at(cloud, &request.caller, &request.id)?;
    let items = roles
        .into_iter()
        .flat_map(|role| role.permissions)
        .map(|permissions| json!(permissions));
    Ok(Response::list(items.collect()))
}
