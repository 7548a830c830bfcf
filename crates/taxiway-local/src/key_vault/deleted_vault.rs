//! Deleted vaults: recoverable until purged, or until their retention is over.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use taxiway_arm::ResourceId;

use super::secret;
use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response},
    record,
    store::StoredResource,
};

const KIND: &str = "deleted-vault";

/// A vault in the state of being deleted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct DeletedVault {
    pub(super) id: ResourceId,
    api_version: String,
    body: Value,
    deleted: Timestamp,
    purged: Timestamp,
}

impl DeletedVault {
    fn is_protected(&self) -> bool {
        self.body["properties"]["enablePurgeProtection"] == true
    }

    fn shape(&self) -> Value {
        let location = self.body["location"].as_str().unwrap_or_default();
        let subscription = self.id.subscription().unwrap_or_default();
        json!({
            "id": format!("/subscriptions/{subscription}/providers/Microsoft.KeyVault/locations/{location}/deletedVaults/{}", self.id.name()),
            "name": self.id.name(),
            "type": "Microsoft.KeyVault/deletedVaults",
            "properties": {
                "vaultId": self.id.as_str(),
                "location": location,
                "deletionDate": self.deleted.to_string(),
                "scheduledPurgeDate": self.purged.to_string(),
                "purgeProtectionEnabled": self.is_protected().then_some(true),
                "tags": self.body.get("tags").cloned().unwrap_or(json!({})),
            },
        })
    }
}

/// The deleted vault of this name; one whose time is over is purged by looking.
pub(super) fn find(cloud: &Cloud, name: &str) -> Result<Option<DeletedVault>, ArmError> {
    let found: Option<DeletedVault> = cloud.store.document(KIND, &name.to_ascii_lowercase())?;
    match found {
        Some(vault) if vault.purged <= Timestamp::now() => {
            erase(cloud, vault.id.name())?;
            Ok(None)
        }
        other => Ok(other),
    }
}

/// Moves a vault from the living to the deleted, in one step; its secrets stay.
pub(super) fn soft_delete(cloud: &Cloud, vault: StoredResource) -> Result<(), ArmError> {
    let days = vault.body["properties"]["softDeleteRetentionInDays"]
        .as_i64()
        .unwrap_or(90);
    let now = Timestamp::now();
    let deleted = DeletedVault {
        purged: now + SignedDuration::from_hours(24 * days),
        deleted: now,
        api_version: vault.api_version,
        body: vault.body,
        id: vault.id.clone(),
    };
    cloud.store.transaction(|batch| {
        batch.put_document(KIND, &vault.id.name().to_ascii_lowercase(), &deleted)?;
        batch.delete_resource(&vault.id)?;
        Ok(())
    })
}

/// Brings a vault back, without the role assignments on it.
pub(super) fn restore(cloud: &Cloud, vault: &DeletedVault) -> Result<Value, ArmError> {
    record::save(cloud, &vault.id, &vault.api_version, vault.body.clone())?;
    cloud
        .store
        .delete_document(KIND, &vault.id.name().to_ascii_lowercase())?;
    Ok(vault.body.clone())
}

fn erase(cloud: &Cloud, name: &str) -> Result<(), ArmError> {
    secret::erase_all(cloud, name)?;
    cloud
        .store
        .delete_document(KIND, &name.to_ascii_lowercase())?;
    Ok(())
}

/// GET {subscription}/providers/Microsoft.KeyVault/deletedVaults.
pub(super) fn list(cloud: &Cloud, request: &Request) -> Outcome {
    let now = Timestamp::now();
    let vaults: Vec<(String, DeletedVault)> = cloud.store.documents(KIND)?;
    let items = vaults
        .into_iter()
        .map(|(_, vault)| vault)
        .filter(|vault| vault.purged > now && vault.id.is_at_or_below(&request.id))
        .map(|vault| vault.shape());
    Ok(Response::list(items.collect()))
}

pub(super) fn get(cloud: &Cloud, request: &Request) -> Outcome {
    Ok(Response::ok(required(cloud, request)?.shape()))
}

/// POST …/deletedVaults/{name}/purge.
pub(super) fn purge(cloud: &Cloud, request: &Request) -> Outcome {
    let vault = required(cloud, request)?;
    if vault.is_protected() {
        return Err(ArmError::bad_request(
            "DeletedVaultPurge",
            format!(
                "The deleted vault '{}' has purge protection and can't be purged before its retention ends.",
                vault.id.name()
            ),
        ));
    }
    let (cloud_of_work, name) = (cloud.clone(), vault.id.name().to_owned());
    let mut response = cloud.operations.start(
        cloud,
        request,
        "Microsoft.KeyVault/locations/deletedVaults/purge",
        None,
        async move {
            erase(&cloud_of_work, &name)?;
            Ok(None)
        },
    )?;
    response
        .headers
        .retain(|(name, _)| name != "Azure-AsyncOperation");
    Ok(response)
}

fn required(cloud: &Cloud, request: &Request) -> Result<DeletedVault, ArmError> {
    find(cloud, request.id.name())?
        .filter(|vault| vault.id.subscription() == request.id.subscription())
        .ok_or_else(|| {
            ArmError::not_found(
                "DeletedVaultNotFound",
                format!(
                    "The specified deleted vault '{}' does not exist.",
                    request.id.name()
                ),
            )
        })
}
