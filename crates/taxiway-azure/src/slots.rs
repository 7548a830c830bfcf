//! Swapping a slot with production.

use http::Method;
use serde::Deserialize;
use serde_json::json;

use crate::{
    audience::Audience,
    client::Azure,
    error::Error,
    operation,
    sites::{API_VERSION, SiteId},
    transport::Request,
};

/// A swap that took place.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SlotSwap {
    /// When it was finished.
    pub timestamp_utc: String,
    /// The slot it started from.
    pub source_slot_name: Option<String>,
    /// The slot it went to.
    pub destination_slot_name: Option<String>,
}

impl Azure {
    /// Swaps `slot` with production and waits until that is finished.
    ///
    /// Both directions are the same swap: called twice it restores. Not repeated after a broken
    /// connection, so the caller has to look which way it stands.
    ///
    /// # Errors
    /// When the slot does not warm up, or the service refuses or can't be reached.
    pub async fn swap_slot(&self, site: &SiteId, slot: &str) -> Result<(), Error> {
        let path = format!("{}/slotsswap", site.production().path());
        let body = json!({"targetSlot": slot, "preserveVnet": true});
        let request = Request::new(Method::POST, self.arm_url(&path, API_VERSION)?)
            .json(body)
            .never_repeated();
        let answer = self
            .send(&request, Audience::ResourceManager)
            .await?
            .accepted()?;
        self.wait(&request, answer, operation::limit(&path))
            .await
            .map(drop)
    }
}
