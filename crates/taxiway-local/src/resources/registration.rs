//! Resource providers: which there are, and their registration, which is always there.

use http::Method;
use serde_json::{Value, json};

use super::location;
use crate::{
    catalogue,
    error::ArmError,
    provider::{Outcome, Request, Response},
    record,
};

/// GET …/providers.
pub(super) fn list(request: &Request) -> Response {
    let items = catalogue::namespaces()
        .into_iter()
        .map(|namespace| shape(request, namespace));
    Response::list(items.collect())
}

/// GET …/providers/{namespace} and POST …/providers/{namespace}/register.
pub(super) fn handle(request: &Request, action: &str) -> Outcome {
    let mut parts = action.split('/').skip(1);
    let wanted = parts.next().unwrap_or_default();
    let namespace = catalogue::namespaces()
        .into_iter()
        .find(|namespace| namespace.eq_ignore_ascii_case(wanted))
        .ok_or_else(|| {
            ArmError::not_found(
                "InvalidResourceNamespace",
                format!("The resource namespace '{wanted}' is invalid: the local cloud does not have it."),
            )
        })?;
    match (&request.method, parts.next()) {
        (&Method::GET, None) | (&Method::POST, Some("register")) => {
            Ok(Response::ok(shape(request, namespace)))
        }
        _ => Err(record::method_not_allowed(request)),
    }
}

fn shape(request: &Request, namespace: &str) -> Value {
    let types: Vec<Value> = catalogue::TYPES
        .iter()
        .filter(|entry| entry.namespace() == namespace)
        .map(|entry| {
            json!({
                "resourceType": entry.short_name(),
                "locations": location::names(),
                "apiVersions": entry.api_versions,
                "capabilities": if entry.needs_location { "SupportsTags, SupportsLocation" } else { "None" },
            })
        })
        .collect();
    json!({
        "id": format!("{}/providers/{namespace}", request.id.as_str().trim_end_matches('/')),
        "namespace": namespace,
        "registrationState": "Registered",
        "registrationPolicy": "RegistrationFree",
        "resourceTypes": types,
    })
}
