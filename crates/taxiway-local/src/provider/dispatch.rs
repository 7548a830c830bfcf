//! The checks that every call passes, and the way from namespace to provider.

use std::pin::Pin;

use http::Method;
use taxiway_arm::{RESOURCE_GROUP_TYPE, ResourceId};

use super::{Outcome, Request, Response, rules};
use crate::{
    access::{self, ASSIGNMENT_TYPE, Attributes},
    authorization,
    cloud::Cloud,
    error::ArmError,
    generic, key_vault, managed_identity, postgresql, resources,
    store::StoredResource,
    web,
};

/// Checks the caller's rights and hands the call to the provider of its namespace.
///
/// Order, as in Azure: the subscription exists, the caller may, the group exists, no lock forbids it, and what a PUT says is
/// acceptable for its type.
///
/// Boxed, because a call can start a deployment, whose resources are calls again.
pub(crate) fn dispatch(
    cloud: &Cloud,
    request: Request,
) -> Pin<Box<dyn Future<Output = Outcome> + Send + '_>> {
    Box::pin(checked(cloud, request))
}

async fn checked(cloud: &Cloud, request: Request) -> Outcome {
    rules::require_subscription(cloud, &request.id)?;
    if let Some(answer) = operation(cloud, &request)? {
        return Ok(answer);
    }
    if let Some((action, scope)) = permission(&request) {
        let stored = assignment_to_delete(cloud, &request)?;
        let attributes = match &stored {
            Some(stored) => Attributes::Resource(&stored.body["properties"]),
            None if request.id.is_type(ASSIGNMENT_TYPE) => {
                Attributes::Request(&request.body["properties"])
            }
            None => Attributes::None,
        };
        access::require_with(cloud, &request.caller, &action, &scope, attributes)?;
    }
    rules::check(cloud, &request)?;
    route(cloud, request).await
}

/// What a call is about to take away, where the condition of its caller's role may ask what that is.
fn assignment_to_delete(
    cloud: &Cloud,
    request: &Request,
) -> Result<Option<StoredResource>, ArmError> {
    if request.method == Method::DELETE && request.id.is_type(ASSIGNMENT_TYPE) {
        return Ok(cloud.store.resource(&request.id)?);
    }
    Ok(None)
}

/// The call itself, without the checks: for work that the cloud does by itself, such as deleting what is in a group.
pub(crate) async fn route(cloud: &Cloud, request: Request) -> Outcome {
    let is_delete = request.method == Method::DELETE && request.action.is_none();
    let id = request.id.clone();
    let outcome = match request.namespace.to_ascii_lowercase().as_str() {
        "microsoft.resources" => resources::handle(cloud, request).await,
        "microsoft.authorization" => authorization::handle(cloud, &request),
        "microsoft.managedidentity" => managed_identity::handle(cloud, &request),
        "microsoft.keyvault" => key_vault::handle(cloud, &request),
        "microsoft.web" => web::handle(cloud, request).await,
        "microsoft.dbforpostgresql" => postgresql::handle(cloud, request).await,
        _ => generic::handle(cloud, &request),
    };
    if is_delete && outcome.is_ok() && cloud.store.resource(&id)?.is_none() {
        forget_below(cloud, &id)?;
    }
    outcome
}

/// Extension resources (role assignments, locks, diagnostic settings) end with what they extend.
fn forget_below(cloud: &Cloud, id: &ResourceId) -> Result<(), ArmError> {
    for resource in cloud.store.resources_under(id)? {
        cloud.store.delete_resource(&resource.id)?;
    }
    Ok(())
}

/// The URLs of long-running operations, the same for every provider.
fn operation(cloud: &Cloud, request: &Request) -> Result<Option<Response>, ArmError> {
    let resource_type = request.id.resource_type().to_ascii_lowercase();
    let is_status = resource_type.ends_with("/operationstatuses");
    if request.method != Method::GET || !(is_status || resource_type.ends_with("/operationresults"))
    {
        return Ok(None);
    }
    let id = request.id.name();
    let allowed = match cloud.operations.find(id)? {
        Some(operation) => access::has_any_role(cloud, &request.caller, &operation.resource)?,
        None => true,
    };
    if !allowed {
        return Err(ArmError::forbidden(
            "AuthorizationFailed",
            "The caller has no role on the resource of this operation.",
        ));
    }
    let location = format!(
        "{}{}?api-version={}",
        request.base(cloud),
        request.id,
        request.api_version
    );
    let response = if is_status {
        cloud.operations.status(id)
    } else {
        cloud.operations.result(id, &location)
    };
    response.map(Some)
}

/// The action that the caller needs and where; `None` for what everybody with a token may see.
fn permission(request: &Request) -> Option<(String, ResourceId)> {
    let id = &request.id;
    let full_type = rbac_type(id);
    let verb = match request.method {
        Method::PUT | Method::PATCH => "write",
        Method::DELETE => "delete",
        _ => "read",
    };
    let Some(action) = &request.action else {
        // The provider filters the list of subscriptions by role; one of them shows itself to whoever has a role in it.
        return (!id.is_type("Microsoft.Resources/subscriptions") && id.as_str() != "/")
            .then(|| (format!("{full_type}/{verb}"), id.clone()));
    };
    if id.as_str() == "/" {
        return None;
    }
    let is_own = request.namespace.eq_ignore_ascii_case(id.namespace()) && !id.is_scope();
    let prefix = if is_own
        || request
            .namespace
            .eq_ignore_ascii_case("Microsoft.Resources")
    {
        full_type
    } else {
        request.namespace.clone()
    };
    let subject = action.split('/').next().unwrap_or_default();
    let verb = if request.method == Method::POST {
        "action"
    } else {
        verb
    };
    Some((format!("{prefix}/{subject}/{verb}"), id.clone()))
}

/// Groups have a longer type in role definitions than in templates.
fn rbac_type(id: &ResourceId) -> String {
    if id.is_type(RESOURCE_GROUP_TYPE) {
        return "Microsoft.Resources/subscriptions/resourceGroups".to_owned();
    }
    id.resource_type()
}
