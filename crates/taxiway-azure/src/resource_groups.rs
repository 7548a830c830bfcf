//! Resource groups and what is in them.

use std::collections::BTreeMap;

use http::Method;
use serde::Deserialize;
use serde_json::json;

use crate::{client::Azure, error::Error, transport::read};

pub(crate) const API_VERSION: &str = "2025-04-01";

/// Names a resource group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceGroupId {
    /// The subscription's id.
    pub subscription: String,
    /// The group's name.
    pub name: String,
}

impl ResourceGroupId {
    /// Names a group.
    pub fn new(subscription: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            subscription: subscription.into(),
            name: name.into(),
        }
    }

    /// `/subscriptions/…/resourceGroups/…`.
    pub fn path(&self) -> String {
        format!(
            "/subscriptions/{}/resourceGroups/{}",
            self.subscription, self.name
        )
    }
}

/// A resource group.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ResourceGroup {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its region.
    pub location: String,
    /// Its tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// One line of a group's inventory.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ResourceSummary {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its region.
    pub location: Option<String>,
    /// Its tags.
    #[serde(default)]
    pub tags: Option<BTreeMap<String, String>>,
}

impl Azure {
    /// Reads a group, or `None` when it does not exist.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn resource_group(
        &self,
        id: &ResourceGroupId,
    ) -> Result<Option<ResourceGroup>, Error> {
        let path = id.path();
        self.find(&path, API_VERSION)
            .await?
            .map(|value| read(value, &path))
            .transpose()
    }

    /// Creates a group, or sets the tags of an existing one.
    ///
    /// # Errors
    /// As [`Azure::put`]; a group's region can't be changed.
    pub async fn put_resource_group(
        &self,
        id: &ResourceGroupId,
        location: &str,
        tags: &BTreeMap<String, String>,
    ) -> Result<ResourceGroup, Error> {
        let path = id.path();
        let value = self
            .put(
                &path,
                API_VERSION,
                json!({"location": location, "tags": tags}),
            )
            .await?;
        read(value, &path)
    }

    /// Deletes a group with everything in it and waits until it is gone.
    ///
    /// # Errors
    /// As [`Azure::delete`].
    pub async fn delete_resource_group(&self, id: &ResourceGroupId) -> Result<(), Error> {
        self.delete(&id.path(), API_VERSION).await
    }

    /// Lists what is in a group.
    ///
    /// # Errors
    /// As [`Azure::list`].
    pub async fn resources(&self, id: &ResourceGroupId) -> Result<Vec<ResourceSummary>, Error> {
        let path = format!("{}/resources", id.path());
        let items = self.list(&path, API_VERSION).await?;
        items.into_iter().map(|item| read(item, &path)).collect()
    }

    /// Whether anything exists under `path`, asked without reading it.
    ///
    /// # Errors
    /// When the service refuses for another reason than absence.
    pub async fn exists(&self, path: &str, api_version: &str) -> Result<bool, Error> {
        match self.arm(Method::HEAD, path, api_version, None).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }
}
