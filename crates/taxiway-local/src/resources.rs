//! Microsoft.Resources: subscriptions, groups, lists of resources, tags, providers, deployments.

mod group;
mod inventory;
pub(crate) mod location;
mod registration;
pub(crate) mod subscription;
mod tags;

use http::Method;
use taxiway_arm::{RESOURCE_GROUP_TYPE, SUBSCRIPTION_TYPE};

use crate::{
    cloud::Cloud,
    deployments,
    provider::{Outcome, Request},
    record,
};

pub(crate) use group::{delete_unlisted, resume_deletions};

/// Answers a call.
pub(crate) async fn handle(cloud: &Cloud, request: Request) -> Outcome {
    let resource_type = request.id.resource_type();
    if resource_type
        .to_ascii_lowercase()
        .starts_with("microsoft.resources/deployments")
    {
        return deployments::handle(cloud, request).await;
    }
    if request.id.is_type("Microsoft.Resources/tags") {
        return tags::handle(cloud, &request);
    }
    let action = request.action.as_deref().map(str::to_ascii_lowercase);
    match (&request.method, action.as_deref()) {
        (_, Some("deployments")) => deployments::list(cloud, &request),
        (_, Some("providers")) => Ok(registration::list(&request)),
        (_, Some(action)) if action.starts_with("providers/") => {
            registration::handle(&request, action)
        }
        (&Method::GET, Some("subscriptions")) => subscription::list(cloud, &request),
        (&Method::GET, Some("tenants")) => Ok(subscription::tenants(cloud)),
        (&Method::GET, Some("locations")) => Ok(location::list(&request)),
        (&Method::GET, Some("resourcegroups")) => group::list(cloud, &request),
        (&Method::GET, Some("resources")) => inventory::list(cloud, &request),
        (&Method::GET, Some("tagnames")) => Ok(tags::names(cloud, &request)?),
        (&Method::GET, None) if request.id.is_type(SUBSCRIPTION_TYPE) => {
            subscription::get(cloud, &request)
        }
        (_, None) if request.id.is_type(RESOURCE_GROUP_TYPE) => group::handle(cloud, &request),
        _ => Err(record::method_not_allowed(&request)),
    }
}
