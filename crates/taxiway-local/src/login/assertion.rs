//! Assertions of federated issuers: workload identity, such as that of a pipeline.
//!
//! Issuer, subject and audience have to match a federated credential of the identity exactly; the signature is checked with the
//! issuer's own keys. Those are fetched only from an issuer on this machine: the local cloud calls nobody outside.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::StatusCode;
use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use jsonwebtoken::{DecodingKey, Validation, jwk::JwkSet};
use serde::Deserialize;
use serde_json::Value;

use super::LoginError;
use crate::{
    cloud::Cloud,
    identity::{Principal, PrincipalKind},
};

const MAX_DOCUMENT: usize = 256 * 1024;

#[derive(Deserialize)]
struct Assertion {
    iss: String,
    sub: String,
    aud: Audiences,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audiences {
    One(String),
    Many(Vec<String>),
}

impl Audiences {
    fn contains(&self, audience: &str) -> bool {
        match self {
            Self::One(one) => one == audience,
            Self::Many(many) => many.iter().any(|one| one == audience),
        }
    }
}

/// Checks that `token` is an assertion that one of the principal's federated credentials trusts.
pub(super) async fn check(
    cloud: &Cloud,
    host: &str,
    principal: &Principal,
    token: &str,
) -> Result<(), LoginError> {
    let claims = unverified(token)?;
    require_credential(cloud, principal, &claims)?;
    let keys = if is_own_issuer(cloud, host, &claims.iss) {
        serde_json::from_value(cloud.tokens.key_set())
            .map_err(|_| invalid("The key set is damaged."))?
    } else {
        fetch_keys(&claims.iss).await?
    };
    verify(token, &keys, &claims.iss)
}

/// The claims before the signature is known to be good: only used to find out which key to check with.
fn unverified(token: &str) -> Result<Assertion, LoginError> {
    let payload = token.split('.').nth(1).unwrap_or_default();
    URL_SAFE_NO_PAD
        .decode(payload)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or_else(|| {
            invalid(
                "The client assertion is not a JSON Web Token with issuer, subject and audience.",
            )
        })
}

fn require_credential(
    cloud: &Cloud,
    principal: &Principal,
    claims: &Assertion,
) -> Result<(), LoginError> {
    let PrincipalKind::ManagedIdentity { resource } = &principal.kind else {
        return Err(no_match(claims));
    };
    let credentials = cloud
        .store
        .resources_of_type(
            resource,
            "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
        )
        .map_err(|_| invalid("The local cloud's store failed."))?;
    let matches = |properties: &Value| {
        properties["issuer"] == claims.iss.as_str()
            && properties["subject"] == claims.sub.as_str()
            && properties["audiences"].as_array().is_some_and(|audiences| {
                audiences
                    .iter()
                    .filter_map(Value::as_str)
                    .any(|audience| claims.aud.contains(audience))
            })
    };
    if credentials
        .iter()
        .any(|credential| matches(&credential.body["properties"]))
    {
        Ok(())
    } else {
        Err(no_match(claims))
    }
}

fn no_match(claims: &Assertion) -> LoginError {
    LoginError::new(
        StatusCode::UNAUTHORIZED,
        "invalid_client",
        700_213,
        format!(
            "No matching federated identity record found for presented assertion subject '{}' of issuer '{}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.",
            claims.sub, claims.iss
        ),
    )
}

fn invalid(message: &str) -> LoginError {
    LoginError::new(StatusCode::UNAUTHORIZED, "invalid_client", 700_027, message)
}

fn is_own_issuer(cloud: &Cloud, host: &str, issuer: &str) -> bool {
    issuer == cloud.tokens.issuer()
        || issuer == format!("https://{host}/{}/v2.0", cloud.tokens.tenant_id())
}

async fn fetch_keys(issuer: &str) -> Result<JwkSet, LoginError> {
    let unreachable = || {
        LoginError::new(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            50_166,
            format!(
                "The keys of the issuer '{issuer}' can't be fetched. The local cloud only asks issuers on this machine, over http."
            ),
        )
    };
    let configuration = fetch(&format!(
        "{}/.well-known/openid-configuration",
        issuer.trim_end_matches('/')
    ))
    .await
    .ok_or_else(unreachable)?;
    let address = configuration["jwks_uri"].as_str().ok_or_else(unreachable)?;
    let keys = fetch(address).await.ok_or_else(unreachable)?;
    serde_json::from_value(keys).map_err(|_| unreachable())
}

/// GET of a JSON document on loopback; `None` for every other address and every failure.
async fn fetch(address: &str) -> Option<Value> {
    let address: url::Url = address.parse().ok()?;
    let is_loopback = match address.host()? {
        url::Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        url::Host::Ipv4(ip) => ip.is_loopback(),
        url::Host::Ipv6(ip) => ip.is_loopback(),
    };
    if address.scheme() != "http" || !is_loopback {
        return None;
    }
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let response = client.get(address.as_str().parse().ok()?).await.ok()?;
    if !response.status().is_success() {
        return None;
    }
    let bytes = Limited::new(response.into_body(), MAX_DOCUMENT)
        .collect()
        .await
        .ok()?
        .to_bytes();
    serde_json::from_slice(&bytes).ok()
}

fn verify(token: &str, keys: &JwkSet, issuer: &str) -> Result<(), LoginError> {
    let header = jsonwebtoken::decode_header(token)
        .map_err(|_| invalid("The header of the client assertion can't be read."))?;
    let key = match &header.kid {
        Some(id) => keys.find(id),
        None => keys.keys.first(),
    };
    let key = key
        .and_then(|key| DecodingKey::from_jwk(key).ok())
        .ok_or_else(|| {
            invalid("The key that signed the client assertion is not one of its issuer.")
        })?;
    let mut validation = Validation::new(header.alg);
    validation.validate_aud = false;
    validation.validate_nbf = true;
    validation.set_issuer(&[issuer]);
    match jsonwebtoken::decode::<Value>(token, &key, &validation) {
        Ok(_) => Ok(()),
        Err(error) => match error.kind() {
            jsonwebtoken::errors::ErrorKind::ExpiredSignature => Err(LoginError::new(
                StatusCode::UNAUTHORIZED,
                "invalid_client",
                700_024,
                "Client assertion is not within its valid time range.",
            )),
            _ => Err(invalid("The signature of the client assertion is invalid.")),
        },
    }
}
