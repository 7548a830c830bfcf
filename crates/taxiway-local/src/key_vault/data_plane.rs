//! The secrets of a vault over HTTP, at the vault's own host.
//!
//! The first request of every client comes without a token and without a body and is answered by a challenge, before anything
//! else is looked at. Source: Azure Key Vault REST documentation, version 7.4.

use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    guard::{self, Access},
    secret::{self, Secret, Version},
    vault,
};
use crate::{
    body::{self, HttpBody},
    cloud::Cloud,
    error::ArmError,
    identity::{Audience, Caller},
    resource_manager::authenticate,
    store::StoredResource,
};

const MAX_BODY: usize = 256 * 1024;

/// Answers a request to a vault's host.
pub(crate) async fn respond(
    cloud: &Cloud,
    vault: &str,
    host: &str,
    request: Request<Incoming>,
) -> Response<HttpBody> {
    let (status, value) = match answer(cloud, vault, host, request).await {
        Ok((status, value)) => (status, value),
        Err(error) if error.status == StatusCode::UNAUTHORIZED => {
            return challenge(cloud, host, &error);
        }
        Err(error) => (error.status, Some(failure(&error))),
    };
    let mut response = Response::new(value.as_ref().map_or_else(body::empty, body::json));
    *response.status_mut() = status;
    if value.is_some() {
        set_json(&mut response);
    }
    response
}

fn set_json(response: &mut Response<HttpBody>) {
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
}

/// Key Vault's own shape: the cause stands in `innererror`.
fn failure(error: &ArmError) -> Value {
    let mut body = json!({"error": {"code": error.code, "message": error.message}});
    if let Some(inner) = &error.target {
        body["error"]["innererror"] = json!({"code": inner});
    } else if error.code == "SecretDisabled" {
        body["error"]["code"] = json!("Forbidden");
        body["error"]["innererror"] = json!({"code": "SecretDisabled"});
    }
    body
}

/// Where to sign in, in the names by which the client came.
fn challenge(cloud: &Cloud, host: &str, error: &ArmError) -> Response<HttpBody> {
    let tenant = cloud.tokens.tenant_id();
    let (login, resource) = if host.contains(".vault.azure.net") {
        (
            "https://login.microsoftonline.com".to_owned(),
            "https://vault.azure.net".to_owned(),
        )
    } else {
        (
            cloud.endpoints.login(),
            format!("https://{}", cloud.endpoints.vault_suffix()),
        )
    };
    let mut value = format!("Bearer authorization=\"{login}/{tenant}\", resource=\"{resource}\"");
    if error.code != "AuthenticationFailed" {
        value.push_str(", error=\"invalid_token\"");
    }
    let body = json!({"error": {
        "code": "Unauthorized",
        "message": format!("AKV10000: Request is missing a Bearer or PoP token, or it is not valid: {}", error.message),
    }});
    let mut response = Response::new(body::json(&body));
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    set_json(&mut response);
    if let Ok(value) = HeaderValue::from_str(&value) {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, value);
    }
    response
}

type Answer = Result<(StatusCode, Option<Value>), ArmError>;

/// One call with everything that its handler needs.
struct Call<'a> {
    cloud: &'a Cloud,
    caller: Caller,
    vault: StoredResource,
    /// `https://kv.vault.localhost:8443`, as the client wrote it.
    base: String,
    body: Value,
}

async fn answer(cloud: &Cloud, vault: &str, host: &str, request: Request<Incoming>) -> Answer {
    let caller = authenticate(cloud, request.headers(), Audience::KeyVault)?;
    let vault = vault::by_name(cloud, vault)?.ok_or_else(|| vault::unknown(vault))?;
    let (parts, incoming) = request.into_parts();
    let has_version = parts
        .uri
        .query()
        .is_some_and(|query| query.contains("api-version="));
    if !has_version {
        return Err(ArmError::bad_request(
            "BadParameter",
            "The request URI lacks the api-version.",
        ));
    }
    let bytes = Limited::new(incoming, MAX_BODY)
        .collect()
        .await
        .map_err(|_| ArmError::bad_request("BadParameter", "The request body is too large."))?
        .to_bytes();
    let body = if bytes.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&bytes)
            .map_err(|_| ArmError::bad_request("BadParameter", "The request body is not JSON."))?
    };
    let call = Call {
        cloud,
        caller,
        vault,
        base: format!("https://{host}"),
        body,
    };
    let path = parts.uri.path().to_owned();
    let segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    call.route(&parts.method, &segments)
}

impl Call<'_> {
    fn route(&self, method: &Method, segments: &[&str]) -> Answer {
        let collection = segments.first().map(|name| name.to_ascii_lowercase());
        match (
            method,
            collection.as_deref(),
            &segments[1.min(segments.len())..],
        ) {
            (&Method::GET, Some("secrets"), []) => self.list(),
            (&Method::PUT, Some("secrets"), [name]) => self.set(name),
            (&Method::GET, Some("secrets"), [name]) => self.get(name, None),
            (&Method::GET, Some("secrets"), [name, "versions"]) => self.versions(name),
            (&Method::GET, Some("secrets"), [name, version]) => self.get(name, Some(version)),
            (&Method::PATCH, Some("secrets"), [name]) => self.update(name, None),
            (&Method::PATCH, Some("secrets"), [name, version]) => self.update(name, Some(version)),
            (&Method::DELETE, Some("secrets"), [name]) => self.delete(name),
            (&Method::GET, Some("deletedsecrets"), []) => self.list_deleted(),
            (&Method::GET, Some("deletedsecrets"), [name]) => self.get_deleted(name),
            (&Method::POST, Some("deletedsecrets"), [name, "recover"]) => self.recover(name),
            (&Method::DELETE, Some("deletedsecrets"), [name]) => self.purge(name),
            _ => Err(ArmError::new(
                StatusCode::NOT_FOUND,
                "NotSupported",
                format!(
                    "The local cloud's vaults keep secrets; they have no {method} of '/{}'.",
                    segments.join("/")
                ),
            )),
        }
    }

    fn require(&self, access: Access, name: Option<&str>) -> Result<(), ArmError> {
        guard::require(self.cloud, &self.caller, &self.vault, access, name)
    }

    fn vault_name(&self) -> &str {
        self.vault.id.name()
    }

    fn address(&self, secret: &Secret, version: Option<&Version>) -> String {
        match version {
            Some(version) => format!("{}/secrets/{}/{}", self.base, secret.name, version.version),
            None => format!("{}/secrets/{}", self.base, secret.name),
        }
    }

    /// The bundle with the value.
    fn bundle(&self, secret: &Secret, version: &Version) -> Value {
        let mut bundle = version.bundle(&self.vault, &self.address(secret, Some(version)));
        bundle["value"] = json!(version.value());
        bundle
    }

    fn deleted_bundle(&self, secret: &Secret, id: &str) -> Result<Value, ArmError> {
        let mut bundle = secret.version(None)?.bundle(&self.vault, id);
        if let Some(deletion) = &secret.deletion {
            let recovery_id = format!("{}/deletedsecrets/{}", self.base, secret.name);
            deletion.describe(&mut bundle, &recovery_id);
        }
        Ok(bundle)
    }

    fn list(&self) -> Answer {
        self.require(Access::List, None)?;
        let mut items = Vec::new();
        for secret in secret::all(self.cloud, self.vault_name())? {
            if secret.deletion.is_none() {
                let id = self.address(&secret, None);
                items.push(secret.version(None)?.bundle(&self.vault, &id));
            }
        }
        ok(json!({"value": items, "nextLink": null}))
    }

    fn versions(&self, name: &str) -> Answer {
        self.require(Access::List, Some(name))?;
        let secret = secret::living(self.cloud, self.vault_name(), name)?;
        let items: Vec<Value> = secret
            .versions
            .iter()
            .map(|version| version.bundle(&self.vault, &self.address(&secret, Some(version))))
            .collect();
        ok(json!({"value": items, "nextLink": null}))
    }

    fn set(&self, name: &str) -> Answer {
        self.require(Access::Set, Some(name))?;
        let secret = secret::set(self.cloud, self.vault_name(), name, &self.body)?;
        ok(self.bundle(&secret, secret.version(None)?))
    }

    fn get(&self, name: &str, version: Option<&str>) -> Answer {
        self.require(Access::Get, Some(name))?;
        let secret = secret::living(self.cloud, self.vault_name(), name)?;
        let version = secret.version(version)?;
        if !version.is_enabled() {
            return Err(ArmError::forbidden(
                "SecretDisabled",
                "Operation get is not allowed on a disabled secret.",
            ));
        }
        ok(self.bundle(&secret, version))
    }

    fn update(&self, name: &str, version: Option<&str>) -> Answer {
        self.require(Access::Update, Some(name))?;
        let mut secret = secret::living(self.cloud, self.vault_name(), name)?;
        secret.version_mut(version)?.update(&self.body);
        secret::save(self.cloud, self.vault_name(), &secret)?;
        let version = secret.version(version)?;
        ok(version.bundle(&self.vault, &self.address(&secret, Some(version))))
    }

    fn delete(&self, name: &str) -> Answer {
        self.require(Access::Delete, Some(name))?;
        let mut secret = secret::living(self.cloud, self.vault_name(), name)?;
        let days = self.vault.body["properties"]["softDeleteRetentionInDays"]
            .as_i64()
            .unwrap_or(90);
        secret.delete(SignedDuration::from_hours(24 * days));
        secret::save(self.cloud, self.vault_name(), &secret)?;
        let id = self.address(&secret, Some(secret.version(None)?));
        ok(self.deleted_bundle(&secret, &id)?)
    }

    fn list_deleted(&self) -> Answer {
        self.require(Access::List, None)?;
        let mut items = Vec::new();
        for secret in secret::all(self.cloud, self.vault_name())? {
            if secret.deletion.is_some() {
                items.push(self.deleted_bundle(&secret, &self.address(&secret, None))?);
            }
        }
        ok(json!({"value": items, "nextLink": null}))
    }

    fn get_deleted(&self, name: &str) -> Answer {
        self.require(Access::GetDeleted, Some(name))?;
        let secret = secret::deleted(self.cloud, self.vault_name(), name)?;
        let id = self.address(&secret, Some(secret.version(None)?));
        ok(self.deleted_bundle(&secret, &id)?)
    }

    fn recover(&self, name: &str) -> Answer {
        self.require(Access::Recover, Some(name))?;
        let mut secret = secret::deleted(self.cloud, self.vault_name(), name)?;
        secret.deletion = None;
        secret::save(self.cloud, self.vault_name(), &secret)?;
        let version = secret.version(None)?;
        ok(version.bundle(&self.vault, &self.address(&secret, Some(version))))
    }

    fn purge(&self, name: &str) -> Answer {
        self.require(Access::Purge, Some(name))?;
        secret::deleted(self.cloud, self.vault_name(), name)?;
        if self.vault.body["properties"]["enablePurgeProtection"] == true {
            return Err(ArmError::forbidden(
                "Forbidden",
                "Operation \"purge\" is not allowed because purge protection is enabled for this vault. Key Vault service will automatically purge it after the retention period has passed.",
            ));
        }
        secret::purge(self.cloud, self.vault_name(), name)?;
        Ok((StatusCode::NO_CONTENT, None))
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it ends functions that can fail")]
fn ok(value: Value) -> Answer {
    Ok((StatusCode::OK, Some(value)))
}
