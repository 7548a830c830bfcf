//! What Resource Manager itself checks before a provider sees a call.

use http::Method;
use serde_json::Value;
use taxiway_arm::{RESOURCE_GROUP_TYPE, ResourceId};

use super::{Request, names};
use crate::{
    authorization, catalogue,
    cloud::Cloud,
    error::ArmError,
    resources::{location, subscription},
};

/// The most tags, and their lengths. Source: Azure documentation, "Use tags to organize your Azure resources".
const MAX_TAGS: usize = 50;
const MAX_TAG_NAME: usize = 512;
const MAX_TAG_VALUE: usize = 256;

/// 404 where the id is in a subscription that does not exist.
pub(crate) fn require_subscription(cloud: &Cloud, id: &ResourceId) -> Result<(), ArmError> {
    match id.subscription() {
        Some(given) if subscription::find(cloud, given)?.is_none() => Err(ArmError::not_found(
            "SubscriptionNotFound",
            format!("The subscription '{given}' could not be found."),
        )),
        _ => Ok(()),
    }
}

/// Group, locks, and for a PUT the resource itself.
pub(crate) fn check(cloud: &Cloud, request: &Request) -> Result<(), ArmError> {
    require_group(cloud, request)?;
    authorization::require_unlocked(cloud, request)?;
    if request.action.is_none() && request.method == Method::PUT {
        check_type(&request.id, &request.api_version)?;
        check_put(cloud, &request.id, &request.body)?;
    }
    Ok(())
}

fn require_group(cloud: &Cloud, request: &Request) -> Result<(), ArmError> {
    let Some(group) = request.id.resource_group_id() else {
        return Ok(());
    };
    if group == request.id && request.action.is_none() {
        return Ok(());
    }
    let Some(stored) = cloud.store.resource(&group)? else {
        return Err(ArmError::not_found(
            "ResourceGroupNotFound",
            format!("Resource group '{}' could not be found.", group.name()),
        ));
    };
    let is_deleting = stored.body["properties"]["provisioningState"] == "Deleting";
    if is_deleting && request.method == Method::PUT {
        return Err(ArmError::conflict(
            "ResourceGroupBeingDeleted",
            format!(
                "The resource group '{}' is in deprovisioning state and cannot perform this operation.",
                group.name()
            ),
        ));
    }
    Ok(())
}

/// 404 for a namespace or type that this cloud does not have.
pub(crate) fn check_type(id: &ResourceId, api_version: &str) -> Result<(), ArmError> {
    let resource_type = id.resource_type();
    if catalogue::find(&resource_type).is_some() || id.is_type(RESOURCE_GROUP_TYPE) {
        return Ok(());
    }
    Err(unknown_type(&resource_type, api_version))
}

/// Azure's words for a type that does not exist here.
pub(crate) fn unknown_type(resource_type: &str, api_version: &str) -> ArmError {
    let (namespace, rest) = resource_type.split_once('/').unwrap_or((resource_type, ""));
    if !catalogue::has_namespace(namespace) {
        return ArmError::not_found(
            "InvalidResourceNamespace",
            format!(
                "The resource namespace '{namespace}' is invalid: the local cloud does not have it."
            ),
        );
    }
    ArmError::not_found(
        "InvalidResourceType",
        format!(
            "The resource type '{rest}' could not be found in the namespace '{namespace}' for api version '{api_version}': the local cloud does not have it."
        ),
    )
}

/// Name, parent, location and tags of a resource that is about to be written.
pub(crate) fn check_put(cloud: &Cloud, id: &ResourceId, body: &Value) -> Result<(), ArmError> {
    names::check(&id.resource_type(), id.name())?;
    require_parent(cloud, id)?;
    check_location(cloud, id, body)?;
    check_tags(&body["tags"])
}

fn require_parent(cloud: &Cloud, id: &ResourceId) -> Result<(), ArmError> {
    let Some(parent) = id.parent() else {
        return Ok(());
    };
    let is_stored = catalogue::find(&parent.resource_type()).is_some_and(|entry| entry.is_record);
    if !is_stored || cloud.store.resource(&parent)?.is_some() {
        return Ok(());
    }
    Err(ArmError::not_found(
        "ParentResourceNotFound",
        format!(
            "Failed to perform 'write' on resource(s) of type '{}', because the parent resource '{}' could not be found.",
            id.resource_type(),
            parent
        ),
    ))
}

fn check_location(cloud: &Cloud, id: &ResourceId, body: &Value) -> Result<(), ArmError> {
    let needs = catalogue::find(&id.resource_type()).is_some_and(|entry| entry.needs_location)
        || id.is_type(RESOURCE_GROUP_TYPE);
    let given = body["location"].as_str().map(location::normal);
    let existing = cloud.store.resource(id)?;
    let Some(given) = given else {
        if needs && existing.is_none() {
            return Err(ArmError::bad_request(
                "LocationRequired",
                "The location property is required for this definition.",
            ));
        }
        return Ok(());
    };
    if !location::is_known(&given) {
        return Err(ArmError::bad_request(
            "LocationNotAvailableForResourceType",
            format!(
                "The provided location '{given}' is not available for resource type '{}'. List of available regions for the resource type is '{}'.",
                id.resource_type(),
                location::names().join(",")
            ),
        ));
    }
    let existing =
        existing.and_then(|resource| resource.body["location"].as_str().map(location::normal));
    match existing {
        Some(existing) if existing != given => Err(ArmError::conflict(
            if id.is_type(RESOURCE_GROUP_TYPE) {
                "InvalidResourceGroupLocation"
            } else {
                "InvalidResourceLocation"
            },
            format!(
                "The resource '{}' already exists in location '{existing}' in resource group '{}'. A resource with the same name cannot be created in location '{given}'. Please select a new resource name.",
                id.name(),
                id.resource_group().unwrap_or_default()
            ),
        )),
        _ => Ok(()),
    }
}

fn check_tags(tags: &Value) -> Result<(), ArmError> {
    let Some(tags) = tags.as_object() else {
        return Ok(());
    };
    if tags.len() > MAX_TAGS {
        return Err(ArmError::bad_request(
            "TooManyTags",
            format!(
                "The resource has {} tags. At most {MAX_TAGS} are allowed.",
                tags.len()
            ),
        ));
    }
    for (name, value) in tags {
        // A link to another resource, which an availability test has to its component, is written as a tag with its id.
        let is_link = name.starts_with("hidden-link:");
        let is_name = !name.is_empty()
            && name.chars().count() <= MAX_TAG_NAME
            && !name.contains(['<', '>', '%', '&', '\\', '?'])
            && (is_link || !name.contains('/'));
        if !is_name {
            return Err(ArmError::bad_request(
                "InvalidTagNameCharacters",
                format!(
                    "The tag name '{name}' is not possible: it takes 1 to {MAX_TAG_NAME} characters without < > % & \\ ? /."
                ),
            ));
        }
        if value
            .as_str()
            .is_some_and(|value| value.chars().count() > MAX_TAG_VALUE)
        {
            return Err(ArmError::bad_request(
                "InvalidTagValueLength",
                format!("The value of the tag '{name}' is longer than {MAX_TAG_VALUE} characters."),
            ));
        }
    }
    Ok(())
}
