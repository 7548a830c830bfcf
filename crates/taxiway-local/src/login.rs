//! The token endpoint and its discovery documents, as Entra ID has them.
//!
//! Source: Entra documentation, "OAuth 2.0 client credentials flow" and "OpenID Connect on the Microsoft identity platform". An
//! authority is `https://login…/{tenant}`, or `https://login…/adfs`, with which clients ask nobody else whether to trust the host.

mod assertion;
mod grant;

use std::collections::BTreeMap;

use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use serde_json::{Value, json};

use crate::{
    body::{self, HttpBody},
    cloud::Cloud,
};

const MAX_FORM: usize = 64 * 1024;

/// A refusal in Entra's shape.
#[derive(Debug, PartialEq, Eq)]
struct LoginError {
    status: StatusCode,
    error: &'static str,
    code: u32,
    message: String,
}

impl LoginError {
    fn new(status: StatusCode, error: &'static str, code: u32, message: impl Into<String>) -> Self {
        Self {
            status,
            error,
            code,
            message: message.into(),
        }
    }

    fn body(&self) -> Value {
        json!({
            "error": self.error,
            "error_description": format!("AADSTS{}: {}", self.code, self.message),
            "error_codes": [self.code],
            "timestamp": jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
            "correlation_id": uuid::Uuid::new_v4().to_string(),
        })
    }
}

/// Answers a request to the login host.
pub(crate) async fn respond(
    cloud: &Cloud,
    host: &str,
    request: Request<Incoming>,
) -> Response<HttpBody> {
    let path = request.uri().path().to_ascii_lowercase();
    let segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    let is_post = request.method() == Method::POST;
    let answer = match segments.as_slice() {
        ["common", "discovery", "instance"] => Ok(instance_discovery(host)),
        [tenant, .., ".well-known", "openid-configuration"] => {
            require_tenant(cloud, tenant).map(|()| openid_configuration(cloud, host, tenant))
        }
        [_, "discovery", ..] => Ok(cloud.tokens.key_set()),
        [tenant, "oauth2", rest @ ..]
            if is_post && matches!(rest, ["token"] | ["v2.0", "token"]) =>
        {
            match require_tenant(cloud, tenant) {
                Ok(()) => token(cloud, host, request).await,
                Err(error) => Err(error),
            }
        }
        _ => Err(LoginError::new(
            StatusCode::NOT_FOUND,
            "invalid_request",
            900_971,
            "The local cloud only has the token endpoint for applications (client credentials).",
        )),
    };
    let (status, value) = match answer {
        Ok(value) => (StatusCode::OK, value),
        Err(error) => (error.status, error.body()),
    };
    let mut response = Response::new(body::json(&value));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static("application/json; charset=utf-8"),
    );
    headers.insert(
        http::header::CACHE_CONTROL,
        http::HeaderValue::from_static("no-store"),
    );
    response
}

fn require_tenant(cloud: &Cloud, tenant: &str) -> Result<(), LoginError> {
    let known = [cloud.tokens.tenant_id(), "common", "organizations", "adfs"];
    if known.contains(&tenant) {
        return Ok(());
    }
    Err(LoginError::new(
        StatusCode::BAD_REQUEST,
        "invalid_request",
        90_002,
        format!("Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID."),
    ))
}

fn instance_discovery(host: &str) -> Value {
    json!({
        "tenant_discovery_endpoint": format!("https://{host}/common/v2.0/.well-known/openid-configuration"),
        "api-version": "1.1",
        "metadata": [{
            "preferred_network": host,
            "preferred_cache": host,
            "aliases": [host],
        }],
    })
}

fn openid_configuration(cloud: &Cloud, host: &str, tenant: &str) -> Value {
    let (issuer, authority, keys, endpoint) = if tenant == "adfs" {
        let authority = format!("https://{host}/adfs");
        (authority.clone(), authority, "discovery/keys", "oauth2")
    } else {
        let tenant_id = cloud.tokens.tenant_id();
        (
            format!("https://{host}/{tenant_id}/v2.0"),
            format!("https://{host}/{tenant_id}"),
            "discovery/v2.0/keys",
            "oauth2/v2.0",
        )
    };
    json!({
        "issuer": issuer,
        "token_endpoint": format!("{authority}/{endpoint}/token"),
        "authorization_endpoint": format!("{authority}/{endpoint}/authorize"),
        "device_authorization_endpoint": format!("{authority}/{endpoint}/devicecode"),
        "jwks_uri": format!("{authority}/{keys}"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        "response_types_supported": ["token"],
        "grant_types_supported": ["client_credentials"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "tenant_region_scope": null,
        "cloud_instance_name": host,
    })
}

async fn token(cloud: &Cloud, host: &str, request: Request<Incoming>) -> Result<Value, LoginError> {
    let bytes = Limited::new(request.into_body(), MAX_FORM)
        .collect()
        .await
        .map_err(|_| {
            LoginError::new(
                StatusCode::BAD_REQUEST,
                "invalid_request",
                900_144,
                "The request body can't be read.",
            )
        })?
        .to_bytes();
    let form: BTreeMap<String, String> = url::form_urlencoded::parse(&bytes).into_owned().collect();
    grant::client_credentials(cloud, host, &form).await
}
