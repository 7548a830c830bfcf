//! Types whose records are kept and answered, and nothing more: monitoring and budgets.
//!
//! Their rules are not run: an alert kept here never fires, a budget counts nothing. What Azure adds to a record (keys,
//! connection strings, ids) is added, and points at this cloud.

mod computed;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    catalogue,
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response, rules},
    record,
};

/// Source: Azure documentation, "Create diagnostic settings in Azure Monitor".
const MAX_DIAGNOSTIC_SETTINGS: usize = 5;

/// Answers a call.
pub(crate) fn handle(cloud: &Cloud, request: &Request) -> Outcome {
    if let Some(action) = &request.action {
        return collection_or_action(cloud, request, action);
    }
    let resource_type = request.id.resource_type();
    if !catalogue::find(&resource_type).is_some_and(|entry| entry.is_generic) {
        return Err(rules::unknown_type(&resource_type, &request.api_version));
    }
    match request.method {
        Method::PUT => put(cloud, request, &request.body),
        Method::PATCH => {
            let mut body = cloud
                .store
                .resource(&request.id)?
                .ok_or_else(|| record::not_found(&request.id))?
                .body;
            record::merge(&mut body, &request.body);
            put(cloud, request, &body)
        }
        Method::GET | Method::HEAD => record::answer_get(cloud, request),
        Method::DELETE => record::answer_delete(cloud, request),
        _ => Err(record::method_not_allowed(request)),
    }
}

fn put(cloud: &Cloud, request: &Request, body: &Value) -> Outcome {
    let id = &request.id;
    if id.is_type("Microsoft.Insights/diagnosticSettings") {
        check_diagnostic_setting(cloud, request)?;
    }
    let existing = cloud.store.resource(id)?;
    let mut properties = body["properties"].clone();
    if !properties.is_object() {
        properties = json!({});
    }
    computed::complete(
        cloud,
        id,
        &mut properties,
        existing
            .as_ref()
            .map(|resource| &resource.body["properties"]),
    )?;
    let is_new = existing.is_none();
    let shaped = record::shape(id, body, properties);
    record::save(cloud, id, &request.api_version, shaped.clone())?;
    let status = if is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok(Response::new(status, Some(shaped)))
}

/// Extends an existing resource, has a destination and something to send, and is one of at most five.
fn check_diagnostic_setting(cloud: &Cloud, request: &Request) -> Result<(), ArmError> {
    let extended = request
        .id
        .extended()
        .ok_or_else(|| record::not_found(&request.id))?;
    if cloud.store.resource(&extended)?.is_none() {
        return Err(record::not_found(&extended));
    }
    let properties = &request.body["properties"];
    let has_destination = [
        "workspaceId",
        "storageAccountId",
        "eventHubAuthorizationRuleId",
        "marketplacePartnerId",
    ]
    .iter()
    .any(|name| properties[*name].as_str().is_some());
    let sends = ["logs", "metrics"].iter().any(|name| {
        properties[*name]
            .as_array()
            .is_some_and(|list| !list.is_empty())
    });
    if !has_destination || !sends {
        return Err(ArmError::bad_request(
            "BadRequest",
            "A diagnostic setting needs at least one destination and at least one log or metric.",
        ));
    }
    let others = cloud
        .store
        .resources_of_type(&extended, "Microsoft.Insights/diagnosticSettings")?
        .into_iter()
        .filter(|other| other.id != request.id && other.id.scope() == extended)
        .count();
    if others >= MAX_DIAGNOSTIC_SETTINGS {
        return Err(ArmError::conflict(
            "Conflict",
            format!(
                "The resource '{extended}' already has {MAX_DIAGNOSTIC_SETTINGS} diagnostic settings."
            ),
        ));
    }
    Ok(())
}

fn collection_or_action(cloud: &Cloud, request: &Request, action: &str) -> Outcome {
    let is_own = request
        .namespace
        .eq_ignore_ascii_case(request.id.namespace())
        && !request.id.is_scope();
    let resource_type = if is_own {
        format!("{}/{action}", request.id.resource_type())
    } else {
        format!("{}/{action}", request.namespace)
    };
    let entry = catalogue::find(&resource_type).filter(|entry| entry.is_generic);
    match (&request.method, entry) {
        (&Method::GET, Some(entry)) => {
            let items = cloud
                .store
                .resources_of_type(&request.id, entry.name)?
                .into_iter()
                .map(|resource| resource.body);
            Ok(Response::list(items.collect()))
        }
        (&Method::POST, None)
            if request
                .id
                .is_type("Microsoft.OperationalInsights/workspaces")
                && action.eq_ignore_ascii_case("sharedKeys") =>
        {
            computed::shared_keys(cloud, &request.id)
        }
        (_, Some(_)) => Err(record::method_not_allowed(request)),
        (_, None) => Err(rules::unknown_type(&resource_type, &request.api_version)),
    }
}
