//! Where a cloud answers, and for which audience its tokens are.
//!
//! Sources: Azure documentation, "Azure global infrastructure endpoints"; the metadata document
//! `/metadata/endpoints` of Resource Manager (2022-09-01).

use http::Method;
use serde::Deserialize;
use url::Url;

use crate::{
    error::Error,
    transport::{Request, Transport},
};

/// The addresses and token scopes of one cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// Resource Manager.
    pub resource_manager: Url,
    /// The token issuer, without tenant.
    pub authority: Url,
    /// The scope of Resource Manager's tokens.
    pub resource_manager_scope: String,
    /// The scope of the tokens that Kudu takes.
    pub kudu_scope: String,
    /// What follows a vault's name: `vault.azure.net`, with the port if there is one.
    pub key_vault_suffix: String,
    /// The scope of Key Vault's data plane.
    pub key_vault_scope: String,
}

impl Endpoints {
    /// Azure's public cloud.
    pub fn public() -> Self {
        let url = |text: &str| Url::parse(text).expect("a constant address is valid");
        Self {
            resource_manager: url("https://management.azure.com/"),
            authority: url("https://login.microsoftonline.com/"),
            resource_manager_scope: "https://management.azure.com/.default".to_owned(),
            kudu_scope: "https://management.azure.com/.default".to_owned(),
            key_vault_suffix: "vault.azure.net".to_owned(),
            key_vault_scope: "https://vault.azure.net/.default".to_owned(),
        }
    }

    /// Asks a Resource Manager for the addresses of its cloud; needs no token.
    ///
    /// # Errors
    /// When it can't be reached or its document lacks the login endpoint, an audience or the Key Vault suffix.
    pub async fn discover(resource_manager: &Url, transport: &Transport) -> Result<Self, Error> {
        let mut url = resource_manager.clone();
        url.set_path("/metadata/endpoints");
        url.set_query(Some("api-version=2022-09-01"));
        let answer = transport
            .send(&Request::new(Method::GET, url), None)
            .await?
            .accepted()?;
        let metadata: Metadata = answer.read()?;
        metadata
            .endpoints(resource_manager)
            .map_err(|reason| Error::Protocol {
                what: answer.call,
                reason,
            })
    }

    /// The address of a vault's data plane.
    ///
    /// # Errors
    /// When the name can't be a host name.
    pub fn vault(&self, name: &str) -> Result<Url, Error> {
        Url::parse(&format!("https://{name}.{}/", self.key_vault_suffix)).map_err(|error| {
            Error::Setup {
                reason: format!("`{name}` is no vault name ({error})"),
            }
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    resource_manager: Option<Url>,
    authentication: Authentication,
    suffixes: Suffixes,
    app_service_resource_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Authentication {
    login_endpoint: Url,
    audiences: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Suffixes {
    key_vault_dns: String,
}

impl Metadata {
    fn endpoints(self, asked: &Url) -> Result<Endpoints, String> {
        let audience = self
            .authentication
            .audiences
            .first()
            .ok_or("it names no audience")?;
        let suffix = self
            .suffixes
            .key_vault_dns
            .trim_start_matches('.')
            .to_owned();
        Ok(Endpoints {
            // Tokens go to the address that the user named, not to another one from the document.
            resource_manager: self
                .resource_manager
                .filter(|url| url.host_str() == asked.host_str())
                .unwrap_or_else(|| asked.clone()),
            authority: self.authentication.login_endpoint,
            resource_manager_scope: scope(audience),
            kudu_scope: scope(self.app_service_resource_id.as_deref().unwrap_or(audience)),
            key_vault_scope: format!("https://{suffix}/.default"),
            key_vault_suffix: suffix,
        })
    }
}

/// Entra keeps a final slash of the audience: `https://host/` becomes `https://host//.default`.
fn scope(audience: &str) -> String {
    format!("{audience}/.default")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_of_a_local_cloud_is_read() {
        let document = serde_json::json!({
            "name": "Taxiway",
            "resourceManager": "https://management.localhost:8443/",
            "authentication": {"loginEndpoint": "https://login.localhost:8443", "audiences": ["https://management.localhost:8443"]},
            "suffixes": {"keyVaultDns": ".vault.localhost:8443"},
        });
        let metadata: Metadata = serde_json::from_value(document).unwrap();
        let endpoints = metadata
            .endpoints(&Url::parse("https://management.localhost:8443").unwrap())
            .unwrap();
        assert_eq!(
            endpoints.key_vault_scope,
            "https://vault.localhost:8443/.default"
        );
        assert_eq!(
            endpoints.resource_manager_scope,
            "https://management.localhost:8443/.default"
        );
        assert_eq!(
            endpoints.vault("kv").unwrap().as_str(),
            "https://kv.vault.localhost:8443/"
        );
    }
}
