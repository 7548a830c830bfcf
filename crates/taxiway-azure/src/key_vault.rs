//! Key Vault secrets, by the data plane.
//!
//! Source: Azure REST reference, "Key Vault: secrets" (7.6).

use http::Method;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use crate::{
    audience::Audience,
    client::Azure,
    error::Error,
    secret::Secret,
    transport::{Request, read},
};

const API_VERSION: &str = "7.6";

/// The data plane of one vault.
#[derive(Clone, Debug)]
pub struct Vault {
    azure: Azure,
    url: Url,
}

/// A secret without its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretInfo {
    /// Its name.
    pub name: String,
    /// Its version, where one version is meant.
    pub version: Option<String>,
    /// Whether it may be read.
    pub enabled: bool,
    /// When it was made, in seconds since the epoch.
    pub created: Option<i64>,
    /// When it ends, in seconds since the epoch.
    pub expires: Option<i64>,
    /// What it is, in its owner's words.
    pub content_type: Option<String>,
}

#[derive(Deserialize)]
struct Wire {
    id: String,
    #[serde(default)]
    attributes: Attributes,
    #[serde(rename = "contentType")]
    content_type: Option<String>,
    value: Option<Secret<String>>,
}

#[derive(Default, Deserialize)]
struct Attributes {
    enabled: Option<bool>,
    created: Option<i64>,
    exp: Option<i64>,
}

impl From<Wire> for SecretInfo {
    fn from(wire: Wire) -> Self {
        let path = wire.id.split("/secrets/").nth(1).unwrap_or(&wire.id);
        let mut parts = path.trim_matches('/').splitn(2, '/');
        Self {
            name: parts.next().unwrap_or_default().to_owned(),
            version: parts.next().map(str::to_owned),
            enabled: wire.attributes.enabled.unwrap_or(true),
            created: wire.attributes.created,
            expires: wire.attributes.exp,
            content_type: wire.content_type,
        }
    }
}

impl Azure {
    /// The vault of this name.
    ///
    /// # Errors
    /// When the name can't be a host name.
    pub fn vault(&self, name: &str) -> Result<Vault, Error> {
        Ok(Vault {
            azure: self.clone(),
            url: self.endpoints().vault(name)?,
        })
    }
}

impl Vault {
    /// Reads a secret's current value, or `None` when there is no such secret.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn get(&self, name: &str) -> Result<Option<Secret<String>>, Error> {
        let request = Request::new(Method::GET, self.path(&["secrets", name]));
        match self
            .azure
            .send(&request, Audience::KeyVault)
            .await?
            .accepted()
        {
            Ok(answer) => Ok(answer.read::<Wire>()?.value),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Gives a secret a new value, which becomes its current version.
    ///
    /// # Errors
    /// When the service refuses; `ObjectIsDeletedButRecoverable` when a deleted one of that name waits.
    pub async fn set(
        &self,
        name: &str,
        value: &Secret<String>,
        content_type: Option<&str>,
    ) -> Result<SecretInfo, Error> {
        let mut body = json!({"value": value.expose()});
        if let Some(content_type) = content_type {
            body["contentType"] = json!(content_type);
        }
        let request = Request::new(Method::PUT, self.path(&["secrets", name])).json(body);
        let answer = self
            .azure
            .send(&request, Audience::KeyVault)
            .await?
            .accepted()?;
        Ok(answer.read::<Wire>()?.into())
    }

    /// Lists the secrets, without values.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn list(&self) -> Result<Vec<SecretInfo>, Error> {
        self.infos(self.path(&["secrets"])).await
    }

    /// Lists the versions of a secret, without values.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn versions(&self, name: &str) -> Result<Vec<SecretInfo>, Error> {
        self.infos(self.path(&["secrets", name, "versions"])).await
    }

    /// Deletes a secret; it can be recovered for the vault's retention time. An absent one is fine.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn delete(&self, name: &str) -> Result<(), Error> {
        let request = Request::new(Method::DELETE, self.path(&["secrets", name]));
        match self
            .azure
            .send(&request, Audience::KeyVault)
            .await?
            .accepted()
        {
            Err(error) if !error.is_not_found() => Err(error),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    async fn infos(&self, url: Url) -> Result<Vec<SecretInfo>, Error> {
        let call = format!("GET {}", url.path());
        let items = self.azure.pages(url, Audience::KeyVault).await?;
        items
            .into_iter()
            .map(|item| Ok(read::<Wire>(item, &call)?.into()))
            .collect()
    }

    fn path(&self, segments: &[&str]) -> Url {
        let mut url = self.url.clone();
        url.path_segments_mut()
            .expect("an https address has a path")
            .clear()
            .extend(segments);
        url.query_pairs_mut()
            .append_pair("api-version", API_VERSION);
        url
    }
}
