//! The client credentials grant: a secret, or an assertion of a federated issuer, against an access token.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Value, json};

use super::{LoginError, assertion};
use crate::{cloud::Cloud, identity::Principal};

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Answers the form of a token request.
pub(super) async fn client_credentials(
    cloud: &Cloud,
    host: &str,
    form: &BTreeMap<String, String>,
) -> Result<Value, LoginError> {
    let field = |name: &str| form.get(name).map(String::as_str).filter(|v| !v.is_empty());
    match field("grant_type") {
        Some("client_credentials") => {}
        Some(other) => {
            return Err(LoginError::new(
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                70_003,
                format!("The app requested an unsupported grant type '{other}'."),
            ));
        }
        None => return Err(missing("grant_type")),
    }
    let client_id = field("client_id").ok_or_else(|| missing("client_id"))?;
    let principal = principal(cloud, client_id)?;
    match (field("client_secret"), field("client_assertion")) {
        (Some(secret), _) => {
            if !principal.has_secret(secret) {
                return Err(invalid_secret(client_id));
            }
        }
        (None, Some(token)) => {
            if field("client_assertion_type") != Some(JWT_BEARER) {
                return Err(missing("client_assertion_type"));
            }
            assertion::check(cloud, host, &principal, token).await?;
        }
        (None, None) => {
            return Err(LoginError::new(
                StatusCode::UNAUTHORIZED,
                "invalid_client",
                7_000_216,
                "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
            ));
        }
    }
    let audience = audience(field("scope"), field("resource"))?;
    let issued = cloud.tokens.issue(&principal, &audience);
    let expires_in = issued.expires.as_second() - jiff::Timestamp::now().as_second();
    let mut answer = json!({
        "token_type": "Bearer",
        "expires_in": expires_in,
        "ext_expires_in": expires_in,
        "access_token": issued.token,
    });
    if field("resource").is_some() && field("scope").is_none() {
        // The first version of the endpoint answers texts.
        answer["expires_in"] = json!(expires_in.to_string());
        answer["ext_expires_in"] = json!(expires_in.to_string());
        answer["expires_on"] = json!(issued.expires.as_second().to_string());
        answer["resource"] = json!(audience);
    }
    Ok(answer)
}

fn principal(cloud: &Cloud, client_id: &str) -> Result<Principal, LoginError> {
    let found = cloud
        .tokens
        .principals()
        .by_app_id(client_id)
        .map_err(|error| {
            tracing::error!(%error, "cannot look up an application");
            LoginError::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                90_033,
                "The local cloud's store failed.",
            )
        })?;
    found.ok_or_else(|| {
        LoginError::new(
            StatusCode::BAD_REQUEST,
            "unauthorized_client",
            700_016,
            format!(
                "Application with identifier '{client_id}' was not found in the directory '{}'.",
                cloud.tokens.tenant_id()
            ),
        )
    })
}

/// `https://vault.azure.net/.default` → `https://vault.azure.net`. A slash before `/.default` stays, as in Entra.
fn audience(scope: Option<&str>, resource: Option<&str>) -> Result<String, LoginError> {
    let Some(scope) = scope else {
        return resource.map(str::to_owned).ok_or_else(|| missing("scope"));
    };
    let wanted: Vec<&str> = scope
        .split_whitespace()
        .filter(|part| !matches!(*part, "openid" | "profile" | "offline_access" | "email"))
        .collect();
    match wanted.as_slice() {
        [one] => one
            .strip_suffix("/.default")
            .map(str::to_owned)
            .ok_or_else(|| invalid_scope(scope)),
        _ => Err(invalid_scope(scope)),
    }
}

fn invalid_scope(scope: &str) -> LoginError {
    LoginError::new(
        StatusCode::BAD_REQUEST,
        "invalid_scope",
        1_002_012,
        format!(
            "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier."
        ),
    )
}

fn missing(parameter: &str) -> LoginError {
    LoginError::new(
        StatusCode::BAD_REQUEST,
        "invalid_request",
        900_144,
        format!("The request body must contain the following parameter: '{parameter}'."),
    )
}

fn invalid_secret(client_id: &str) -> LoginError {
    LoginError::new(
        StatusCode::UNAUTHORIZED,
        "invalid_client",
        7_000_215,
        format!(
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{client_id}'."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audience_comes_from_the_scope() {
        let cases = [
            (
                Some("https://vault.azure.net/.default"),
                None,
                Some("https://vault.azure.net"),
            ),
            (
                Some("https://management.core.windows.net//.default openid"),
                None,
                Some("https://management.core.windows.net/"),
            ),
            (
                None,
                Some("https://management.azure.com/"),
                Some("https://management.azure.com/"),
            ),
            (Some("user.read"), None, None),
            (None, None, None),
        ];
        for (scope, resource, expected) in cases {
            assert_eq!(
                audience(scope, resource).ok().as_deref(),
                expected,
                "{scope:?} {resource:?}"
            );
        }
    }
}
