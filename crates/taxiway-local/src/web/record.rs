//! What is remembered of a site: one document with its production slot and all others, so that a swap is one write.
//!
//! With the document go the rows that other providers and lists read; they are rendered anew with every write.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use taxiway_arm::ResourceId;

use super::{deployment::Deployment, render, slot_id::SlotId};
use crate::{
    cloud::Cloud,
    error::ArmError,
    store::{Batch, StoreError, StoredResource},
};

const KIND: &str = "site";

/// A site with its slots.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SiteRecord {
    pub id: ResourceId,
    pub location: String,
    pub plan: ResourceId,
    pub production: SlotRecord,
    /// By name in lower case.
    pub slots: BTreeMap<String, SlotRecord>,
    pub sticky: StickyNames,
    /// The swap that is under way.
    pub swap: Option<SwapRecord>,
    /// The swap that ended last.
    pub last_swap: Option<SwapRecord>,
    pub api_version: String,
}

/// One slot.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SlotRecord {
    /// As written; `production` for the site itself.
    pub name: String,
    pub created: Timestamp,
    pub modified: Timestamp,
    pub kind: String,
    pub tags: Option<Value>,
    pub identity: Option<Identity>,
    /// What was written below `properties` and is neither computed nor kept elsewhere.
    pub properties: Map<String, Value>,
    /// The site configuration without settings.
    pub web: Map<String, Value>,
    pub app_settings: BTreeMap<String, String>,
    pub connection_strings: BTreeMap<String, ConnectionString>,
    /// `logs`, `metadata`, `authsettingsV2`, host name bindings: recorded, by `<type>/<name>` in lower case.
    pub documents: BTreeMap<String, Document>,
    pub basic_auth: BasicAuth,
    pub publishing_password: String,
    pub is_stopped: bool,
    /// The settings before a swap with preview applied those of its target.
    pub preview: Option<Preview>,
    pub content: Content,
}

/// A swap with preview after its first phase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Preview {
    pub target: String,
    pub app_settings: BTreeMap<String, String>,
    pub connection_strings: BTreeMap<String, ConnectionString>,
}

/// What a deployment brought, and what the application has written to its home folder. Moves with a swap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Content {
    /// The name of the home folder.
    pub home: String,
    /// The id of the deployment that is served.
    pub active: Option<String>,
    /// Newest last.
    pub deployments: Vec<Deployment>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ConnectionString {
    pub value: String,
    #[serde(rename = "type")]
    pub kind: String,
}

/// A recorded child resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Document {
    pub name: String,
    pub properties: Value,
}

/// Whether password publishing is allowed. Source: App Service documentation, "Disable basic authentication".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BasicAuth {
    pub ftp: bool,
    pub scm: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// The object id of the system-assigned identity.
    pub system: Option<String>,
    pub tenant_id: String,
    /// The user-assigned identities by resource id.
    pub user: BTreeMap<String, UserIdentity>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserIdentity {
    pub principal_id: String,
    pub client_id: String,
}

/// The names that stay with their slot in a swap; null where they were never set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct StickyNames {
    pub app_setting_names: Option<Vec<String>>,
    pub connection_string_names: Option<Vec<String>>,
    pub azure_storage_config_names: Option<Vec<String>>,
}

/// A swap: `source` was warmed up with the settings of `target`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SwapRecord {
    pub source: String,
    pub target: String,
    pub time: Timestamp,
}

impl StickyNames {
    pub(super) fn has_setting(&self, name: &str) -> bool {
        contains(self.app_setting_names.as_deref(), name)
    }

    pub(super) fn has_connection_string(&self, name: &str) -> bool {
        contains(self.connection_string_names.as_deref(), name)
    }
}

fn contains(names: Option<&[String]>, name: &str) -> bool {
    names
        .unwrap_or_default()
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

impl SiteRecord {
    pub(super) fn slot(&self, slot: &SlotId) -> Option<&SlotRecord> {
        match &slot.slot {
            Some(name) => self.slots.get(name),
            None => Some(&self.production),
        }
    }

    pub(super) fn slot_mut(&mut self, slot: &SlotId) -> Option<&mut SlotRecord> {
        match &slot.slot {
            Some(name) => self.slots.get_mut(name),
            None => Some(&mut self.production),
        }
    }

    /// Production and all slots.
    pub(super) fn slot_ids(&self) -> Vec<SlotId> {
        let slots = self.slots.keys().map(|name| SlotId::of(&self.id, name));
        std::iter::once(SlotId::production(&self.id))
            .chain(slots)
            .collect()
    }
}

impl SlotRecord {
    /// The value of an app setting, found without regard to case.
    pub(super) fn setting(&self, name: &str) -> Option<&str> {
        self.app_settings
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Whether a setting says yes.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.setting(name)
            .is_some_and(|value| value == "1" || value.eq_ignore_ascii_case("true"))
    }

    pub(super) fn web_text(&self, name: &str) -> Option<&str> {
        self.web
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    }
}

impl Content {
    pub(super) fn new() -> Self {
        Self {
            home: uuid::Uuid::new_v4().simple().to_string(),
            active: None,
            deployments: Vec::new(),
        }
    }
}

/// Reads a site.
///
/// # Errors
/// `ResourceNotFound` where there is none.
pub(crate) fn load(cloud: &Cloud, site: &ResourceId) -> Result<SiteRecord, ArmError> {
    cloud
        .store
        .document(KIND, site.key())?
        .ok_or_else(|| not_found(site))
}

/// All sites.
pub(crate) fn all(cloud: &Cloud) -> Result<Vec<SiteRecord>, StoreError> {
    let documents = cloud.store.documents(KIND)?;
    Ok(documents.into_iter().map(|(_, record)| record).collect())
}

/// A slot with its site.
///
/// # Errors
/// `ResourceNotFound` where there is none.
pub(crate) fn load_slot(
    cloud: &Cloud,
    slot: &SlotId,
) -> Result<(SiteRecord, SlotRecord), ArmError> {
    let record = load(cloud, &slot.site)?;
    match record.slot(slot).cloned() {
        Some(found) => Ok((record, found)),
        None => Err(slot_not_found(slot)),
    }
}

/// Changes a site in one transaction.
///
/// # Errors
/// `ResourceNotFound`, and those of `change`, after which nothing is changed.
pub(crate) fn update<T>(
    cloud: &Cloud,
    site: &ResourceId,
    change: impl FnOnce(&mut SiteRecord) -> Result<T, ArmError>,
) -> Result<T, ArmError> {
    cloud.store.transaction(|batch| {
        let mut record: SiteRecord = batch
            .document(KIND, site.key())?
            .ok_or_else(|| not_found(site))?;
        let value = change(&mut record)?;
        put(cloud, batch, &record)?;
        Ok(value)
    })
}

/// Changes one slot in one transaction.
///
/// # Errors
/// Those of [`update`].
pub(crate) fn update_slot<T>(
    cloud: &Cloud,
    slot: &SlotId,
    change: impl FnOnce(&mut SlotRecord) -> Result<T, ArmError>,
) -> Result<T, ArmError> {
    update(cloud, &slot.site, |record| {
        let found = record.slot_mut(slot).ok_or_else(|| slot_not_found(slot))?;
        found.modified = Timestamp::now();
        change(found)
    })
}

/// Keeps a new site.
pub(crate) fn insert(cloud: &Cloud, record: &SiteRecord) -> Result<(), ArmError> {
    cloud.store.transaction(|batch| put(cloud, batch, record))
}

/// Forgets a site and all its rows.
pub(crate) fn remove(cloud: &Cloud, site: &ResourceId) -> Result<(), ArmError> {
    cloud.store.transaction(|batch| {
        batch.delete_document(KIND, site.key())?;
        delete_rows(batch, site)
    })
}

/// Forgets the rows of a slot, whose record is gone already.
pub(crate) fn remove_rows(cloud: &Cloud, id: &ResourceId) -> Result<(), ArmError> {
    cloud.store.transaction(|batch| delete_rows(batch, id))
}

fn delete_rows(batch: &Batch<'_>, id: &ResourceId) -> Result<(), ArmError> {
    for row in batch.resources_under(id)? {
        batch.delete_resource(&row.id)?;
    }
    batch.delete_resource(id)?;
    Ok(())
}

fn put(cloud: &Cloud, batch: &Batch<'_>, record: &SiteRecord) -> Result<(), ArmError> {
    batch.put_document(KIND, record.id.key(), record)?;
    let plan = batch.resource(&record.plan)?.map(|plan| plan.body);
    for slot in record.slot_ids() {
        let Some(found) = record.slot(&slot) else {
            continue;
        };
        for (id, body) in render::rows(cloud, record, &slot, found, plan.as_ref()) {
            batch.put_resource(&StoredResource {
                id,
                api_version: record.api_version.clone(),
                body,
                created: found.created,
                changed: found.modified,
            })?;
        }
    }
    Ok(())
}

fn not_found(site: &ResourceId) -> ArmError {
    ArmError::not_found(
        "ResourceNotFound",
        format!(
            "The Resource 'Microsoft.Web/sites/{}' under resource group '{}' was not found.",
            site.name(),
            site.resource_group().unwrap_or_default()
        ),
    )
}

pub(super) fn slot_not_found(slot: &SlotId) -> ArmError {
    ArmError::not_found(
        "ResourceNotFound",
        format!(
            "The Resource 'Microsoft.Web/sites/{}/slots/{}' under resource group '{}' was not found.",
            slot.site.name(),
            slot.name(),
            slot.site.resource_group().unwrap_or_default()
        ),
    )
}
