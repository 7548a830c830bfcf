//! The configuration of sites and slots: app settings, site config, sticky names, Key Vault references.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    client::Azure,
    error::Error,
    secret::Secret,
    sites::{API_VERSION, SiteId},
    transport::read,
};

/// The names that stay with their slot in a swap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SlotConfigNames {
    /// App settings.
    #[serde(default)]
    pub app_setting_names: Option<Vec<String>>,
    /// Connection strings.
    #[serde(default)]
    pub connection_string_names: Option<Vec<String>>,
}

/// Whether a Key Vault reference of an app setting could be read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReferenceStatus {
    /// The app setting's name.
    #[serde(default)]
    pub name: String,
    /// The reference.
    pub reference: Option<String>,
    /// `Resolved`, `AccessToKeyVaultDenied`, `SecretNotFound` and so on.
    pub status: String,
    /// More about a failure.
    pub details: Option<String>,
}

impl ReferenceStatus {
    /// Whether the app got the secret's value.
    pub fn is_resolved(&self) -> bool {
        self.status.eq_ignore_ascii_case("Resolved")
    }
}

impl Azure {
    /// Reads all app settings. Needs more than the Reader role.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn app_settings(
        &self,
        site: &SiteId,
    ) -> Result<BTreeMap<String, Secret<String>>, Error> {
        let path = format!("{}/config/appsettings/list", site.path());
        let mut answer = self.post(&path, API_VERSION, None).await?;
        read(answer["properties"].take(), &path)
    }

    /// Sets and removes app settings, keeping all others; the app restarts if anything changed.
    ///
    /// The service replaces the whole set and has no ETag, so of two writers at once the later wins.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn change_app_settings(
        &self,
        site: &SiteId,
        set: &BTreeMap<String, Secret<String>>,
        remove: &[&str],
    ) -> Result<bool, Error> {
        let before = self.app_settings(site).await?;
        let mut after = before.clone();
        after.retain(|name, _| !remove.contains(&name.as_str()));
        after.extend(
            set.iter()
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        if after == before {
            return Ok(false);
        }
        let properties: BTreeMap<&String, &String> = after
            .iter()
            .map(|(name, value)| (name, value.expose()))
            .collect();
        let path = format!("{}/config/appsettings", site.path());
        self.put(&path, API_VERSION, json!({"properties": properties}))
            .await?;
        Ok(true)
    }

    /// Reads the site config (`config/web`), as the service has it.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn site_config(&self, site: &SiteId) -> Result<Value, Error> {
        let path = format!("{}/config/web", site.path());
        Ok(self.get(&path, API_VERSION).await?["properties"].take())
    }

    /// Merges top-level properties into the site config.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn change_site_config(&self, site: &SiteId, properties: Value) -> Result<(), Error> {
        let path = format!("{}/config/web", site.path());
        self.patch(&path, API_VERSION, json!({"properties": properties}))
            .await
            .map(drop)
    }

    /// Reads the names that stay with their slot; they belong to the site as a whole.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn slot_config_names(&self, site: &SiteId) -> Result<SlotConfigNames, Error> {
        let path = format!("{}/config/slotConfigNames", site.production().path());
        let mut answer = self.get(&path, API_VERSION).await?;
        read(answer["properties"].take(), &path)
    }

    /// Sets the names that stay with their slot.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn put_slot_config_names(
        &self,
        site: &SiteId,
        names: &SlotConfigNames,
    ) -> Result<(), Error> {
        let path = format!("{}/config/slotConfigNames", site.production().path());
        self.put(&path, API_VERSION, json!({"properties": names}))
            .await
            .map(drop)
    }

    /// How the Key Vault references among the app settings stand.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn reference_statuses(&self, site: &SiteId) -> Result<Vec<ReferenceStatus>, Error> {
        let path = format!("{}/config/configreferences/appsettings", site.path());
        let items = self.list(&path, API_VERSION).await?;
        items
            .into_iter()
            .map(|mut item| {
                let name = item["name"].as_str().unwrap_or_default().to_owned();
                let mut status: ReferenceStatus = read(item["properties"].take(), &path)?;
                if status.name.is_empty() {
                    status.name = name;
                }
                Ok(status)
            })
            .collect()
    }
}
