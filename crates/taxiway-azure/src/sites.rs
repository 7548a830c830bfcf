//! App Service sites and their slots: what they are, where they answer, restart.
//!
//! Source: Azure REST reference, "Web Apps" (2025-03-01).

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::{client::Azure, error::Error, resource_groups::ResourceGroupId, transport::read};

pub(crate) const API_VERSION: &str = "2025-03-01";

/// Names a site, or one of its slots.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SiteId {
    /// Its group.
    pub group: ResourceGroupId,
    /// The site's name.
    pub site: String,
    /// The slot's name; without one, production.
    pub slot: Option<String>,
}

impl SiteId {
    /// Names a site's production slot.
    pub fn new(group: ResourceGroupId, site: impl Into<String>) -> Self {
        Self {
            group,
            site: site.into(),
            slot: None,
        }
    }

    /// The same site's slot.
    pub fn slot(&self, slot: impl Into<String>) -> Self {
        Self {
            slot: Some(slot.into()),
            ..self.clone()
        }
    }

    /// The same site's production slot.
    pub fn production(&self) -> Self {
        Self {
            slot: None,
            ..self.clone()
        }
    }

    /// `/subscriptions/…/sites/…[/slots/…]`.
    pub fn path(&self) -> String {
        let slot = self
            .slot
            .as_ref()
            .map(|slot| format!("/slots/{slot}"))
            .unwrap_or_default();
        format!(
            "{}/providers/Microsoft.Web/sites/{}{slot}",
            self.group.path(),
            self.site
        )
    }
}

/// A site or slot, as far as Taxiway reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its id.
    pub id: String,
    /// `Running` or `Stopped`.
    pub state: String,
    /// Where the app answers.
    pub url: Url,
    /// Where Kudu answers.
    pub kudu: Url,
    /// Its plan.
    pub plan: Option<String>,
    /// The last swap it took part in.
    pub last_swap: Option<SlotSwap>,
    /// The slot that a running swap goes to.
    pub target_swap_slot: Option<String>,
}

use crate::slots::SlotSwap;

/// A machine that a site runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its id, as `WEBSITE_INSTANCE_ID` and the affinity cookie have it.
    pub name: String,
    /// `READY`, `STOPPED` or `UNKNOWN`.
    pub state: Option<String>,
}

#[derive(Deserialize)]
struct Wire {
    id: String,
    properties: WireProperties,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireProperties {
    state: Option<String>,
    default_host_name: String,
    #[serde(default)]
    https_only: Option<bool>,
    #[serde(default)]
    host_name_ssl_states: Option<Vec<HostName>>,
    server_farm_id: Option<String>,
    slot_swap_status: Option<SlotSwap>,
    target_swap_slot: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HostName {
    name: String,
    host_type: Option<String>,
}

#[derive(Deserialize)]
struct WireInstance {
    name: String,
    #[serde(default)]
    properties: Value,
}

impl Wire {
    fn site(self, call: &str) -> Result<Site, Error> {
        let properties = self.properties;
        let protocol = |reason: String| Error::Protocol {
            what: call.to_owned(),
            reason,
        };
        let scheme = if properties.https_only == Some(true) {
            "https"
        } else {
            "http"
        };
        let url = Url::parse(&format!("{scheme}://{}/", properties.default_host_name))
            .map_err(|error| protocol(format!("its default host name is no host ({error})")))?;
        let kudu = properties
            .host_name_ssl_states
            .unwrap_or_default()
            .into_iter()
            .find(|host| {
                host.host_type
                    .as_deref()
                    .is_some_and(|kind| kind.eq_ignore_ascii_case("Repository"))
            })
            .ok_or_else(|| protocol("it names no Kudu host".to_owned()))?;
        let kudu = Url::parse(&format!("https://{}/", kudu.name))
            .map_err(|error| protocol(format!("its Kudu host is no host ({error})")))?;
        Ok(Site {
            id: self.id,
            state: properties.state.unwrap_or_default(),
            url,
            kudu,
            plan: properties.server_farm_id,
            last_swap: properties.slot_swap_status,
            target_swap_slot: properties.target_swap_slot.filter(|slot| !slot.is_empty()),
        })
    }
}

impl Azure {
    /// Reads a site or slot, or `None` when it does not exist.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn site(&self, id: &SiteId) -> Result<Option<Site>, Error> {
        let path = id.path();
        let Some(value) = self.find(&path, API_VERSION).await? else {
            return Ok(None);
        };
        read::<Wire>(value, &path)?.site(&path).map(Some)
    }

    /// Restarts a site or slot.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn restart_site(&self, id: &SiteId) -> Result<(), Error> {
        self.post(&format!("{}/restart", id.path()), API_VERSION, None)
            .await
            .map(drop)
    }

    /// Starts a stopped site or slot.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn start_site(&self, id: &SiteId) -> Result<(), Error> {
        self.post(&format!("{}/start", id.path()), API_VERSION, None)
            .await
            .map(drop)
    }

    /// Stops a site or slot.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn stop_site(&self, id: &SiteId) -> Result<(), Error> {
        self.post(&format!("{}/stop", id.path()), API_VERSION, None)
            .await
            .map(drop)
    }

    /// The machines that a site or slot runs on.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn instances(&self, id: &SiteId) -> Result<Vec<Instance>, Error> {
        let path = format!("{}/instances", id.path());
        let items = self.list(&path, API_VERSION).await?;
        items
            .into_iter()
            .map(|item| {
                let wire: WireInstance = read(item, &path)?;
                let state = wire
                    .properties
                    .get("state")
                    .and_then(Value::as_str)
                    .map(str::to_owned);
                Ok(Instance {
                    name: wire.name,
                    state,
                })
            })
            .collect()
    }

    /// The last lines that the site's container wrote; empty when there is none yet.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn container_log(&self, id: &SiteId) -> Result<String, Error> {
        let path = format!("{}/containerlogs", id.path());
        let answer = self
            .arm(http::Method::POST, &path, API_VERSION, None)
            .await?;
        Ok(String::from_utf8_lossy(&answer.body).into_owned())
    }
}
