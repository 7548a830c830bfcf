//! Resource groups. Deleting one deletes everything in it, through the providers.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use taxiway_arm::{RESOURCE_GROUP_TYPE, ResourceId};

use super::location;
use crate::{
    access,
    cloud::Cloud,
    error::ArmError,
    identity::Caller,
    operations::Operation,
    provider::{self, Outcome, Request, Response},
    record,
    store::StoredResource,
};

const DELETION: &str = "Microsoft.Resources/resourceGroups/delete";

pub(super) fn list(cloud: &Cloud, request: &Request) -> Outcome {
    let wanted_tag = request
        .query
        .get("$filter")
        .map(|text| super::inventory::Filter::parse(text))
        .transpose()?;
    let groups = cloud
        .store
        .resources_of_type(&request.id, RESOURCE_GROUP_TYPE)?;
    let items = groups
        .into_iter()
        .filter(|group| {
            wanted_tag
                .as_ref()
                .is_none_or(|filter| filter.matches(group))
        })
        .map(|group| group.body);
    Ok(Response::list(items.collect()))
}

pub(super) fn handle(cloud: &Cloud, request: &Request) -> Outcome {
    let existing = cloud.store.resource(&request.id)?;
    match (&request.method, existing) {
        (&Method::PUT, existing) => put(cloud, request, existing.as_ref()),
        (_, None) => match request.method {
            Method::HEAD => Err(ArmError::not_found("ResourceGroupNotFound", "")),
            _ => Err(ArmError::not_found(
                "ResourceGroupNotFound",
                format!("Resource group '{}' could not be found.", request.id.name()),
            )),
        },
        (&Method::GET, Some(group)) => Ok(Response::ok(group.body)),
        (&Method::HEAD, Some(_)) => Ok(Response::no_content()),
        (&Method::PATCH, Some(group)) => patch(cloud, request, group),
        (&Method::DELETE, Some(group)) => delete(cloud, request, group),
        _ => Err(record::method_not_allowed(request)),
    }
}

fn put(cloud: &Cloud, request: &Request, existing: Option<&StoredResource>) -> Outcome {
    if existing.is_some_and(|group| group.body["properties"]["provisioningState"] == "Deleting") {
        return Err(ArmError::conflict(
            "ResourceGroupBeingDeleted",
            format!(
                "The resource group '{}' is in deprovisioning state and cannot perform this operation.",
                request.id.name()
            ),
        ));
    }
    let id = existing.map_or(&request.id, |group| &group.id);
    let location = request.body["location"]
        .as_str()
        .map(location::normal)
        .or_else(|| existing.and_then(|group| group.body["location"].as_str().map(str::to_owned)));
    let mut body = json!({
        "id": id.as_str(),
        "name": id.name(),
        "type": RESOURCE_GROUP_TYPE,
        "location": location,
        "properties": {"provisioningState": "Succeeded"},
    });
    for name in ["tags", "managedBy"] {
        if let Some(value) = request.body.get(name).filter(|value| !value.is_null()) {
            body[name] = value.clone();
        }
    }
    record::answer_saved(cloud, request, body)
}

fn patch(cloud: &Cloud, request: &Request, group: StoredResource) -> Outcome {
    let mut body = group.body;
    if let Some(tags) = request.body.get("tags") {
        body["tags"] = tags.clone();
    }
    record::answer_saved(cloud, request, body)
}

fn delete(cloud: &Cloud, request: &Request, mut group: StoredResource) -> Outcome {
    group.body["properties"]["provisioningState"] = json!("Deleting");
    let id = group.id.clone();
    cloud.store.put_resource(&group)?;
    let mut response = cloud.operations.start(
        cloud,
        request,
        DELETION,
        None,
        delete_contents(cloud.clone(), id, request.caller.clone()),
    )?;
    // Clients of groups follow `Location` alone.
    response
        .headers
        .retain(|(name, _)| name != "Azure-AsyncOperation");
    response.status = StatusCode::ACCEPTED;
    Ok(response)
}

/// Goes on with the deletions that a stop of the cloud interrupted.
pub(crate) fn resume_deletions(cloud: &Cloud) -> Result<(), ArmError> {
    for operation in cloud.operations.unfinished()? {
        if operation.kind == DELETION {
            resume(cloud, &operation)?;
        }
    }
    Ok(())
}

fn resume(cloud: &Cloud, operation: &Operation) -> Result<(), ArmError> {
    // The caller was allowed to when it started.
    let caller = Caller {
        object_id: String::new(),
        app_id: String::new(),
        tenant_id: cloud.tokens.tenant_id().to_owned(),
    };
    let work = delete_contents(cloud.clone(), operation.resource.clone(), caller);
    cloud.operations.resume(operation, work)?;
    Ok(())
}

/// Deletes everything in the group, then the group.
async fn delete_contents(
    cloud: Cloud,
    group: ResourceId,
    caller: Caller,
) -> Result<Option<Value>, ArmError> {
    let failures = delete_roots(&cloud, &group, &[], &caller).await?;
    if !failures.is_empty() {
        restore_state(&cloud, &group)?;
        return Err(blocked(&group, failures));
    }
    for resource in cloud.store.resources_under(&group)? {
        cloud.store.delete_resource(&resource.id)?;
    }
    cloud.store.delete_resource(&group)?;
    Ok(None)
}

fn blocked(group: &ResourceId, failures: Vec<ArmError>) -> ArmError {
    ArmError::conflict(
        "ResourceGroupDeletionBlocked",
        format!(
            "Deletion of resource group '{}' failed as resources with identifiers in the details could not be deleted.",
            group.name()
        ),
    )
    .with_details(failures)
}

/// Deletes the resources of a group that are not listed: the end of a deployment in complete mode.
pub(crate) async fn delete_unlisted(
    cloud: &Cloud,
    group: &ResourceId,
    listed: &[ResourceId],
    caller: &Caller,
) -> Result<(), ArmError> {
    for resource in roots(cloud, group)? {
        if !listed.contains(&resource.id) {
            let action = format!("{}/delete", resource.id.resource_type());
            access::require(cloud, caller, &action, &resource.id)?;
        }
    }
    let failures = delete_roots(cloud, group, listed, caller).await?;
    if failures.is_empty() {
        Ok(())
    } else {
        Err(blocked(group, failures))
    }
}

/// Deletes over and over while something goes, because a plan waits for its sites; returns what is left.
async fn delete_roots(
    cloud: &Cloud,
    group: &ResourceId,
    kept: &[ResourceId],
    caller: &Caller,
) -> Result<Vec<ArmError>, ArmError> {
    loop {
        let mut failures = Vec::new();
        let mut progressed = false;
        for resource in roots(cloud, group)? {
            if kept.contains(&resource.id) {
                continue;
            }
            match delete_resource(cloud, &resource, caller).await {
                Ok(()) => progressed = true,
                Err(error) => failures.push(error.with_target(resource.id.as_str())),
            }
        }
        if failures.is_empty() || !progressed {
            return Ok(failures);
        }
    }
}

/// The resources of the group that are no part of another one; sites first, which use the others until they end.
fn roots(cloud: &Cloud, group: &ResourceId) -> Result<Vec<StoredResource>, ArmError> {
    let mut resources = cloud.store.resources_under(group)?;
    resources.sort_by_key(|resource| {
        !resource
            .id
            .namespace()
            .eq_ignore_ascii_case("Microsoft.Web")
    });
    Ok(resources
        .into_iter()
        .filter(|resource| {
            resource.id.parent().is_none()
                && resource.id.extended().is_none()
                && !resource
                    .id
                    .namespace()
                    .eq_ignore_ascii_case("Microsoft.Resources")
                && !resource
                    .id
                    .namespace()
                    .eq_ignore_ascii_case("Microsoft.Authorization")
        })
        .collect())
}

async fn delete_resource(
    cloud: &Cloud,
    resource: &StoredResource,
    caller: &Caller,
) -> Result<(), ArmError> {
    let request = Request {
        method: Method::DELETE,
        id: resource.id.clone(),
        namespace: resource.id.namespace().to_owned(),
        action: None,
        api_version: resource.api_version.clone(),
        query: std::collections::BTreeMap::new(),
        headers: http::HeaderMap::new(),
        body: Value::Null,
        caller: caller.clone(),
    };
    let response = provider::route(cloud, request).await?;
    cloud.operations.wait(response).await?;
    Ok(())
}

fn restore_state(cloud: &Cloud, group: &ResourceId) -> Result<(), ArmError> {
    if let Some(mut stored) = cloud.store.resource(group)? {
        stored.body["properties"]["provisioningState"] = json!("Succeeded");
        cloud.store.put_resource(&stored)?;
    }
    Ok(())
}
