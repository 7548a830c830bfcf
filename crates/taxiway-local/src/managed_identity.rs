//! Microsoft.ManagedIdentity: user-assigned identities and their federated credentials.

use http::Method;
use serde_json::{Value, json};

use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response, rules},
    record,
};

const IDENTITY_TYPE: &str = "Microsoft.ManagedIdentity/userAssignedIdentities";
const CREDENTIAL_TYPE: &str =
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials";
/// Source: Entra documentation, "Considerations for workload identity federation".
const MAX_CREDENTIALS: usize = 20;

/// Answers a call.
pub(crate) fn handle(cloud: &Cloud, request: &Request) -> Outcome {
    if let Some(action) = &request.action {
        return collection(cloud, request, &action.to_ascii_lowercase());
    }
    if request.id.is_type(IDENTITY_TYPE) {
        return identity(cloud, request);
    }
    if request.id.is_type(CREDENTIAL_TYPE) {
        return credential(cloud, request);
    }
    Err(rules::unknown_type(
        &request.id.resource_type(),
        &request.api_version,
    ))
}

fn collection(cloud: &Cloud, request: &Request, action: &str) -> Outcome {
    let resource_type = match (&request.method, action) {
        (&Method::GET, "userassignedidentities") => IDENTITY_TYPE,
        (&Method::GET, "federatedidentitycredentials") => CREDENTIAL_TYPE,
        _ => return Err(record::method_not_allowed(request)),
    };
    let items = cloud
        .store
        .resources_of_type(&request.id, resource_type)?
        .into_iter()
        .map(|resource| resource.body);
    Ok(Response::list(items.collect()))
}

fn identity(cloud: &Cloud, request: &Request) -> Outcome {
    match request.method {
        Method::PUT => put_identity(cloud, request, &request.body),
        Method::PATCH => {
            let mut body = cloud
                .store
                .resource(&request.id)?
                .ok_or_else(|| record::not_found(&request.id))?
                .body;
            if let Some(tags) = request.body.get("tags") {
                body["tags"] = tags.clone();
            }
            put_identity(cloud, request, &body)
        }
        Method::GET | Method::HEAD => record::answer_get(cloud, request),
        Method::DELETE => {
            cloud.tokens.principals().delete_of_resource(&request.id)?;
            record::answer_delete(cloud, request)
        }
        _ => Err(record::method_not_allowed(request)),
    }
}

fn put_identity(cloud: &Cloud, request: &Request, body: &Value) -> Outcome {
    let principal = cloud
        .tokens
        .principals()
        .ensure_managed_identity(&request.id)?;
    let properties = json!({
        "tenantId": cloud.tokens.tenant_id(),
        "principalId": principal.object_id,
        "clientId": principal.app_id,
    });
    let mut body = body.clone();
    if body.get("location").is_none()
        && let Some(existing) = cloud.store.resource(&request.id)?
    {
        body["location"] = existing.body["location"].clone();
    }
    record::answer_saved(
        cloud,
        request,
        record::shape(&request.id, &body, properties),
    )
}

fn credential(cloud: &Cloud, request: &Request) -> Outcome {
    match request.method {
        Method::PUT => put_credential(cloud, request),
        Method::GET | Method::HEAD => record::answer_get(cloud, request),
        Method::DELETE => record::answer_delete(cloud, request),
        _ => Err(record::method_not_allowed(request)),
    }
}

fn put_credential(cloud: &Cloud, request: &Request) -> Outcome {
    let properties = &request.body["properties"];
    for name in ["issuer", "subject"] {
        if properties[name].as_str().is_none_or(str::is_empty) {
            return Err(bad(&format!("'properties.{name}' is required.")));
        }
    }
    if properties["audiences"].as_array().map(Vec::len) != Some(1) {
        return Err(bad(
            "A federated identity credential has exactly one audience.",
        ));
    }
    let identity = request
        .id
        .parent()
        .ok_or_else(|| record::not_found(&request.id))?;
    let mut others = cloud.store.resources_of_type(&identity, CREDENTIAL_TYPE)?;
    others.retain(|other| other.id != request.id);
    if others.len() >= MAX_CREDENTIALS {
        return Err(bad(
            "Too many federated identity credentials: an identity has at most 20.",
        ));
    }
    let is_twin = |other: &Value| {
        other["issuer"] == properties["issuer"] && other["subject"] == properties["subject"]
    };
    if others
        .iter()
        .any(|other| is_twin(&other.body["properties"]))
    {
        return Err(ArmError::conflict(
            "Conflict",
            "Issuer and subject combination already exists for this Managed Identity.",
        ));
    }
    let kept = json!({
        "issuer": properties["issuer"],
        "subject": properties["subject"],
        "audiences": properties["audiences"],
    });
    record::answer_saved(cloud, request, record::shape(&request.id, &json!({}), kept))
}

fn bad(message: &str) -> ArmError {
    ArmError::bad_request("BadRequest", message)
}
