//! `{scope}/providers/Microsoft.Resources/tags/default`: the tags of a resource, group or subscription alone.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Map, Value, json};
use taxiway_arm::ResourceId;

use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response, rules},
    record,
    store::StoredResource,
};

/// GET, PUT (replace), PATCH (Merge, Replace, Delete) and DELETE.
pub(super) fn handle(cloud: &Cloud, request: &Request) -> Outcome {
    let scope = request.id.scope();
    let mut resource = cloud.store.resource(&scope)?.ok_or_else(|| {
        if scope.is_scope() {
            ArmError::bad_request(
                "TagsNotSupported",
                "The local cloud keeps tags of groups and resources only.",
            )
        } else {
            record::not_found(&scope)
        }
    })?;
    let given = &request.body["properties"]["tags"];
    let tags = match request.method {
        Method::GET | Method::HEAD => return Ok(answer(&request.id, &resource)),
        Method::PUT => given.clone(),
        Method::DELETE => json!({}),
        Method::PATCH => patched(&resource, &request.body["operation"], given)?,
        _ => return Err(record::method_not_allowed(request)),
    };
    rules::check_put(cloud, &resource.id, &json!({"tags": tags}))?;
    resource.body["tags"] = tags;
    record::save(
        cloud,
        &resource.id,
        &resource.api_version,
        resource.body.clone(),
    )?;
    Ok(answer(&request.id, &resource))
}

fn patched(resource: &StoredResource, operation: &Value, given: &Value) -> Result<Value, ArmError> {
    let mut tags: Map<String, Value> = resource.body["tags"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    let given = given.as_object().cloned().unwrap_or_default();
    match operation.as_str().map(str::to_ascii_lowercase).as_deref() {
        Some("replace") => tags = given,
        Some("merge") => tags.extend(given),
        Some("delete") => tags.retain(|name, _| !given.contains_key(name)),
        _ => {
            return Err(ArmError::bad_request(
                "InvalidTagsOperation",
                "The operation has to be Merge, Replace or Delete.",
            ));
        }
    }
    Ok(Value::Object(tags))
}

fn answer(id: &ResourceId, resource: &StoredResource) -> Response {
    let tags = resource.body.get("tags").cloned().unwrap_or(json!({}));
    Response::ok(json!({
        "id": id.as_str(),
        "name": "default",
        "type": "Microsoft.Resources/tags",
        "properties": {"tags": tags},
    }))
}

/// GET {subscription}/tagNames.
pub(super) fn names(cloud: &Cloud, request: &Request) -> Outcome {
    let mut names: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for resource in cloud.store.resources_under(&request.id)? {
        let tags = resource.body.get("tags").and_then(Value::as_object);
        for (name, value) in tags.into_iter().flatten() {
            let values = names.entry(name.clone()).or_default();
            let value = value.as_str().unwrap_or_default().to_owned();
            *values.entry(value).or_default() += 1;
        }
    }
    let items = names.into_iter().map(|(name, values)| {
        let total: u64 = values.values().sum();
        let values: Vec<Value> = values
            .into_iter()
            .map(|(value, count)| json!({"tagValue": value, "count": {"type": "Total", "value": count}}))
            .collect();
        json!({
            "id": format!("{}/tagNames/{name}", request.id),
            "tagName": name,
            "count": {"type": "Total", "value": total},
            "values": values,
        })
    });
    Ok(Response::list(items.collect()))
}
