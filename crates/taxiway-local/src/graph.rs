//! Microsoft Graph, as far as clients ask it about principals when they handle roles.
//!
//! Source: Microsoft Graph documentation, "servicePrincipal" and "directoryObject: getByIds". There are no users and no groups.

use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use serde_json::{Value, json};

use crate::{
    body::{self, HttpBody},
    cloud::Cloud,
    error::ArmError,
    identity::{Audience, Principal, PrincipalKind},
    resource_manager::authenticate,
};

const MAX_BODY: usize = 256 * 1024;

/// Answers a request to the Graph host.
pub(crate) async fn respond(cloud: &Cloud, request: Request<Incoming>) -> Response<HttpBody> {
    let (status, value) = match answer(cloud, request).await {
        Ok(value) => (StatusCode::OK, value),
        Err(error) => (error.status, error.to_body()),
    };
    let mut response = Response::new(body::json(&value));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}

async fn answer(cloud: &Cloud, request: Request<Incoming>) -> Result<Value, ArmError> {
    authenticate(cloud, request.headers(), Audience::Graph)?;
    let (parts, incoming) = request.into_parts();
    let filter = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
        .find(|(name, _)| name == "$filter")
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default();
    let path = parts.uri.path().to_ascii_lowercase();
    let segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    let principals = cloud.tokens.principals();
    match (&parts.method, segments.as_slice()) {
        (&Method::GET, ["v1.0", "me"]) => Err(ArmError::bad_request(
            "BadRequest",
            "/me request is only valid with delegated authentication flow.",
        )),
        (&Method::GET, ["v1.0", "serviceprincipals"]) => {
            let mut found = principals.all()?;
            found.retain(|principal| matches_filter(principal, &filter));
            Ok(json!({"value": found.iter().map(shape).collect::<Vec<_>>()}))
        }
        (&Method::GET, ["v1.0", "serviceprincipals" | "directoryobjects", id]) => principals
            .by_object_id(id)?
            .map(|principal| shape(&principal))
            .ok_or_else(|| not_found(id)),
        (&Method::GET, ["v1.0", "users" | "groups" | "applications"]) => Ok(json!({"value": []})),
        (&Method::GET, ["v1.0", "users" | "groups" | "applications", id]) => Err(not_found(id)),
        (&Method::POST, ["v1.0", "directoryobjects", "getbyids"]) => {
            let wanted = Limited::new(incoming, MAX_BODY)
                .collect()
                .await
                .ok()
                .and_then(|body| serde_json::from_slice::<Value>(&body.to_bytes()).ok())
                .ok_or_else(|| {
                    ArmError::bad_request("BadRequest", "The request body is not JSON.")
                })?;
            let ids = wanted["ids"].as_array().cloned().unwrap_or_default();
            let mut value = Vec::new();
            for id in ids.iter().filter_map(Value::as_str) {
                if let Some(principal) = principals.by_object_id(id)? {
                    value.push(shape(&principal));
                }
            }
            Ok(json!({"value": value}))
        }
        _ => Err(ArmError::not_found(
            "Request_ResourceNotFound",
            format!(
                "The local cloud's Graph has no {} of '{path}'.",
                parts.method
            ),
        )),
    }
}

fn not_found(id: &str) -> ArmError {
    ArmError::not_found(
        "Request_ResourceNotFound",
        format!(
            "Resource '{id}' does not exist or one of its queried reference-property objects are not present."
        ),
    )
}

/// The filters of az: each names one principal in quotes, by one of its ids or its name.
fn matches_filter(principal: &Principal, filter: &str) -> bool {
    let mut quoted = filter.split('\'').skip(1).step_by(2);
    if filter.is_empty() {
        return true;
    }
    quoted.any(|wanted| {
        [
            &principal.app_id,
            &principal.object_id,
            &principal.display_name,
        ]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(wanted))
    })
}

fn shape(principal: &Principal) -> Value {
    let kind = match principal.kind {
        PrincipalKind::Application { .. } => "Application",
        PrincipalKind::ManagedIdentity { .. } => "ManagedIdentity",
    };
    json!({
        "@odata.type": "#microsoft.graph.servicePrincipal",
        "id": principal.object_id,
        "appId": principal.app_id,
        "displayName": principal.display_name,
        "appDisplayName": principal.display_name,
        "servicePrincipalType": kind,
        "servicePrincipalNames": [principal.app_id],
        "accountEnabled": true,
    })
}
