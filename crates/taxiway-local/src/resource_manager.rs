//! Resource Manager over HTTP: from a request to a call of a provider and back.
//!
//! Every call needs a token, except the metadata by which clients find this cloud.

mod address;
mod lenient_json;
mod metadata;

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use serde_json::Value;

use crate::{
    body::{self, HttpBody},
    cloud::Cloud,
    error::ArmError,
    identity::{Audience, Caller, TokenError},
    provider::{self, Outcome, Response},
};

/// The most that a request may hold. Source: ARM documentation, "Template limits": 4 MB for a template after expansion.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// Answers a request to the management host.
pub(crate) async fn respond(
    cloud: &Cloud,
    request: http::Request<Incoming>,
) -> http::Response<HttpBody> {
    let request_id = uuid::Uuid::new_v4().to_string();
    let client_request_id = request.headers().get("x-ms-client-request-id").cloned();
    let is_head = request.method() == Method::HEAD;
    let mut response = match answer(cloud, request).await {
        Ok(response) => success(response, is_head),
        Err(error) => failure(cloud, &error, is_head),
    };
    let headers = response.headers_mut();
    for name in ["x-ms-request-id", "x-ms-correlation-request-id"] {
        if let Ok(value) = HeaderValue::from_str(&request_id) {
            headers.insert(name, value);
        }
    }
    if let Some(id) = client_request_id {
        headers.insert("x-ms-client-request-id", id);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

async fn answer(cloud: &Cloud, request: http::Request<Incoming>) -> Outcome {
    let (mut parts, body) = request.into_parts();
    let segments = address::segments(parts.uri.path())?;
    let mut query = query_of(parts.uri.query());
    if metadata::is_public(&segments) {
        return Ok(metadata::respond(cloud, query.get("api-version")));
    }
    let caller = authenticate(cloud, &parts.headers, Audience::ResourceManager)?;
    // Nobody behind this point needs the token, and nobody can log it.
    parts.headers.remove(header::AUTHORIZATION);
    let body = read_body(body).await?;
    let api_version = api_version(query.remove("api-version"))?;
    let address = address::Address::parse(&segments, &parts.method)?;
    let request = provider::Request {
        method: parts.method,
        id: address.id,
        namespace: address.namespace,
        action: address.action,
        api_version,
        query,
        headers: parts.headers,
        body,
        caller,
    };
    provider::dispatch(cloud, request).await
}

/// Who calls, by the token in `Authorization`.
///
/// # Errors
/// 401 without a token, or with one that is expired, forged, or made for another service.
pub(crate) fn authenticate(
    cloud: &Cloud,
    headers: &HeaderMap,
    audience: Audience,
) -> Result<Caller, ArmError> {
    let refuse = |code: &str, message: &str| ArmError::new(StatusCode::UNAUTHORIZED, code, message);
    let Some(token) = bearer(headers) else {
        return Err(refuse(
            "AuthenticationFailed",
            "Authentication failed. The 'Authorization' header is missing.",
        ));
    };
    cloud.tokens.verify(token, audience).map_err(|error| match error {
        TokenError::Expired => refuse("ExpiredAuthenticationToken", "The access token expiry UTC time is earlier than current UTC time."),
        TokenError::WrongAudience(audience) => refuse(
            "InvalidAuthenticationTokenAudience",
            &format!("The access token has been obtained for wrong audience or resource '{audience}'. It should exactly match with one of the allowed audiences."),
        ),
        TokenError::Invalid => refuse("InvalidAuthenticationToken", "The access token is invalid."),
        TokenError::PrincipalGone => refuse("InvalidAuthenticationToken", "The access token is from a principal that no longer exists."),
    })
}

/// The token of `Authorization: Bearer …`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim())
        .filter(|token| !token.is_empty())
}

fn query_of(query: Option<&str>) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned()))
        .collect()
}

fn api_version(given: Option<String>) -> Result<String, ArmError> {
    let version = given.filter(|version| !version.is_empty()).ok_or_else(|| {
        ArmError::bad_request(
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        )
    })?;
    let date = version.get(..10).unwrap_or_default();
    let is_date = date.parse::<jiff::civil::Date>().is_ok();
    let rest = version.get(10..).unwrap_or_default();
    if is_date && (rest.is_empty() || rest.starts_with('-')) {
        Ok(version)
    } else {
        Err(ArmError::bad_request(
            "InvalidApiVersionParameter",
            format!(
                "The api-version '{version}' is invalid. The supported versions are dates such as '2024-11-01', with '-preview' behind them."
            ),
        ))
    }
}

async fn read_body(body: Incoming) -> Result<Value, ArmError> {
    let bytes = Limited::new(body, MAX_BODY)
        .collect()
        .await
        .map_err(|_| {
            ArmError::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "RequestContentTooLarge",
                "The request content can't be read, or is larger than 16 MB.",
            )
        })?
        .to_bytes();
    let text = std::str::from_utf8(&bytes).map_err(|_| invalid_content("it is not UTF-8"))?;
    lenient_json::parse(text).map_err(|error| invalid_content(&error.to_string()))
}

fn invalid_content(reason: &str) -> ArmError {
    ArmError::bad_request(
        "InvalidRequestContent",
        format!("The request content was invalid and could not be deserialized: '{reason}'."),
    )
}

fn success(answer: Response, is_head: bool) -> http::Response<HttpBody> {
    let body = match &answer.body {
        None => body::empty(),
        Some(_) if is_head => body::empty(),
        // A provider that names another type gives the text itself, such as the XML of a publishing profile.
        Some(Value::String(text)) if answer.header("content-type").is_some() => {
            body::full(text.clone())
        }
        Some(value) => body::json(value),
    };
    let has_body = answer.body.is_some() && !is_head;
    let mut response = http::Response::new(body);
    *response.status_mut() = answer.status;
    if has_body {
        set_json(response.headers_mut());
    }
    for (name, value) in &answer.headers {
        if let (Ok(name), Ok(value)) = (
            http::HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value),
        ) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn failure(cloud: &Cloud, error: &ArmError, is_head: bool) -> http::Response<HttpBody> {
    let body = if is_head {
        body::empty()
    } else {
        body::json(&error.to_body())
    };
    let mut response = http::Response::new(body);
    *response.status_mut() = error.status;
    if !is_head {
        set_json(response.headers_mut());
    }
    if error.status == StatusCode::UNAUTHORIZED {
        let challenge = format!(
            "Bearer authorization_uri=\"{}/{}\", error=\"invalid_token\", error_description=\"{}\"",
            cloud.endpoints.login(),
            cloud.tokens.tenant_id(),
            error.message.replace('"', "'"),
        );
        if let Ok(value) = HeaderValue::from_str(&challenge) {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, value);
        }
    }
    response
}

fn set_json(headers: &mut HeaderMap) {
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
}
