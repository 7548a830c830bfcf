//! Managed identities: tokens from a service beside the machine, without any secret of ours.
//!
//! Source: Azure documentation, "How to use managed identities for App Service" and "Use managed
//! identities on a virtual machine to acquire access token".

use http::Method;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{IdentityIssuer, Token, entra::granted, sign_in};
use crate::{
    error::Error,
    secret::Secret,
    transport::{Request, Transport},
};

impl IdentityIssuer {
    /// The metadata service of virtual machines.
    pub const VIRTUAL_MACHINE: &'static str =
        "http://169.254.169.254/metadata/identity/oauth2/token";

    fn request(&self, resource: &str, client_id: Option<&str>) -> Request {
        let (endpoint, api_version) = match self {
            Self::AppService { endpoint, .. } => (endpoint, "2019-08-01"),
            Self::VirtualMachine { endpoint } => (endpoint, "2018-02-01"),
        };
        let mut url: Url = endpoint.clone();
        url.query_pairs_mut()
            .append_pair("api-version", api_version)
            .append_pair("resource", resource);
        if let Some(client_id) = client_id {
            url.query_pairs_mut().append_pair("client_id", client_id);
        }
        let request = Request::new(Method::GET, url).header("Metadata", "true");
        match self {
            Self::AppService { header, .. } => {
                request.header("X-IDENTITY-HEADER", header.expose().as_str())
            }
            Self::VirtualMachine { .. } => request,
        }
    }
}

#[derive(Deserialize)]
struct Granted {
    access_token: Secret<String>,
    /// Seconds since the epoch, as text or number.
    expires_on: Value,
}

/// A token of the machine's identity for `scope`.
pub(crate) async fn token(
    transport: &Transport,
    issuer: &IdentityIssuer,
    client_id: Option<&str>,
    scope: &str,
) -> Result<Token, Error> {
    let resource = scope.trim_end_matches("/.default");
    let answer = granted(
        transport
            .send(&issuer.request(resource, client_id), None)
            .await?,
    )?;
    let granted: Granted = answer.read()?;
    let expires_at = match &granted.expires_on {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    let expires_at =
        expires_at.ok_or_else(|| sign_in("the identity endpoint named no end of the token"))?;
    Ok(Token {
        value: granted.access_token,
        expires_at,
    })
}
