//! Writing a resource into the store, with its times and the right status.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use taxiway_arm::ResourceId;

use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response},
    resources::location,
    store::StoredResource,
};

/// Keeps `body` as what GET answers, and tells whether it is new.
pub(crate) fn save(
    cloud: &Cloud,
    id: &ResourceId,
    api_version: &str,
    body: Value,
) -> Result<bool, ArmError> {
    let now = Timestamp::now();
    let existing = cloud.store.resource(id)?;
    cloud.store.put_resource(&StoredResource {
        // The case in which it was written first stays.
        id: existing
            .as_ref()
            .map_or_else(|| id.clone(), |resource| resource.id.clone()),
        api_version: api_version.to_owned(),
        body,
        created: existing.as_ref().map_or(now, |resource| resource.created),
        changed: now,
    })?;
    Ok(existing.is_none())
}

/// Keeps it and answers 201 or 200 with it.
pub(crate) fn answer_saved(cloud: &Cloud, request: &Request, body: Value) -> Outcome {
    let is_new = save(cloud, &request.id, &request.api_version, body.clone())?;
    let status = if is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok(Response::new(status, Some(body)))
}

/// What a resource of this id looks like from outside, out of what a PUT says; `properties` are the provider's.
///
/// Of the request only what every tracked resource may have is taken: location, tags, kind, sku, identity, zones.
pub(crate) fn shape(id: &ResourceId, body: &Value, properties: Value) -> Value {
    let mut shaped = Map::new();
    shaped.insert("id".to_owned(), json!(id.as_str()));
    shaped.insert("name".to_owned(), json!(id.name()));
    shaped.insert("type".to_owned(), json!(id.resource_type()));
    for name in [
        "location", "tags", "kind", "sku", "identity", "zones", "etag",
    ] {
        if let Some(value) = body.get(name).filter(|value| !value.is_null()) {
            let value = match (name, value.as_str()) {
                ("location", Some(text)) => json!(location::normal(text)),
                _ => value.clone(),
            };
            shaped.insert(name.to_owned(), value);
        }
    }
    shaped.insert("properties".to_owned(), properties);
    Value::Object(shaped)
}

/// 404 in Azure's words.
pub(crate) fn not_found(id: &ResourceId) -> ArmError {
    let place = match id.resource_group() {
        Some(group) => format!(" under resource group '{group}'"),
        None => String::new(),
    };
    ArmError::not_found(
        "ResourceNotFound",
        format!(
            "The Resource '{}/{}'{place} was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
            id.resource_type(),
            id.full_name()
        ),
    )
}

/// 200 with the resource; 204 for HEAD.
pub(crate) fn answer_get(cloud: &Cloud, request: &Request) -> Outcome {
    let resource = cloud
        .store
        .resource(&request.id)?
        .ok_or_else(|| not_found(&request.id))?;
    if request.method == http::Method::HEAD {
        return Ok(Response::no_content());
    }
    Ok(Response::ok(resource.body))
}

/// 200 where there was one, else 204.
pub(crate) fn answer_delete(cloud: &Cloud, request: &Request) -> Outcome {
    if cloud.store.delete_resource(&request.id)? {
        Ok(Response::done())
    } else {
        Ok(Response::no_content())
    }
}

/// Puts `patch` over `target`, members into members; null removes. Source: RFC 7396, "JSON Merge Patch".
pub(crate) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let Value::Object(members) = target else {
        return;
    };
    for (name, value) in patch {
        if value.is_null() {
            members.remove(name);
        } else {
            merge(members.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}

/// 405 for a method that the type does not have.
pub(crate) fn method_not_allowed(request: &Request) -> ArmError {
    ArmError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "MethodNotAllowed",
        format!(
            "The local cloud has no {} of '{}{}'.",
            request.method,
            request.id.resource_type(),
            request
                .action
                .as_ref()
                .map(|action| format!("/{action}"))
                .unwrap_or_default()
        ),
    )
}
