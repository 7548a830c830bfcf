//! Secrets and their versions, as they are kept.
//!
//! All versions of a secret are one document, so that each change of it is one write.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::SecretValue;
use crate::{
    cloud::Cloud,
    error::ArmError,
    store::{StoreError, StoredResource},
};

const KIND: &str = "secret";
/// Source: Azure Key Vault documentation, "About secrets": at most 25 KB.
const MAX_VALUE: usize = 25 * 1024;

/// A secret with all its versions, the newest last.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Secret {
    pub(super) name: String,
    pub(super) versions: Vec<Version>,
    pub(super) deletion: Option<Deletion>,
}

/// One version.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Version {
    pub(super) version: String,
    value: String,
    content_type: Option<String>,
    tags: Map<String, Value>,
    enabled: bool,
    not_before: Option<i64>,
    expires: Option<i64>,
    created: i64,
    updated: i64,
}

/// When it was deleted and when it will be gone.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Deletion {
    deleted: Timestamp,
    purged: Timestamp,
}

fn key(vault: &str, name: &str) -> String {
    format!("{vault}/{name}").to_ascii_lowercase()
}

/// The secret, deleted or not; one whose time is over is purged by looking.
pub(super) fn find(cloud: &Cloud, vault: &str, name: &str) -> Result<Option<Secret>, StoreError> {
    let found: Option<Secret> = cloud.store.document(KIND, &key(vault, name))?;
    match found {
        Some(secret) if secret.is_over() => {
            cloud.store.delete_document(KIND, &key(vault, name))?;
            Ok(None)
        }
        other => Ok(other),
    }
}

/// The secret, where it is not deleted.
pub(super) fn living(cloud: &Cloud, vault: &str, name: &str) -> Result<Secret, ArmError> {
    find(cloud, vault, name)?
        .filter(|secret| secret.deletion.is_none())
        .ok_or_else(|| not_found(name, None))
}

/// The secret, where it is deleted.
pub(super) fn deleted(cloud: &Cloud, vault: &str, name: &str) -> Result<Secret, ArmError> {
    find(cloud, vault, name)?
        .filter(|secret| secret.deletion.is_some())
        .ok_or_else(|| {
            ArmError::not_found(
                "SecretNotFound",
                format!("Deleted Secret not found: {name}"),
            )
        })
}

/// All secrets of a vault, by name.
pub(super) fn all(cloud: &Cloud, vault: &str) -> Result<Vec<Secret>, StoreError> {
    let prefix = key(vault, "");
    let secrets: Vec<(String, Secret)> = cloud.store.documents(KIND)?;
    Ok(secrets
        .into_iter()
        .filter(|(key, secret)| key.starts_with(&prefix) && !secret.is_over())
        .map(|(_, secret)| secret)
        .collect())
}

/// The value of the newest or a given version.
pub(super) fn read(
    cloud: &Cloud,
    vault: &str,
    name: &str,
    version: Option<&str>,
) -> Result<SecretValue, ArmError> {
    let secret = living(cloud, vault, name)?;
    let version = secret.version(version)?;
    if !version.enabled {
        return Err(ArmError::forbidden(
            "SecretDisabled",
            "Operation get is not allowed on a disabled secret.",
        ));
    }
    Ok(SecretValue {
        value: version.value.clone(),
        version: version.version.clone(),
    })
}

/// Adds a version, and the secret where it is new. `body` is `{value, contentType, tags, attributes}`.
pub(super) fn set(
    cloud: &Cloud,
    vault: &str,
    name: &str,
    body: &Value,
) -> Result<Secret, ArmError> {
    if let Some(objection) =
        crate::provider::names::objection("Microsoft.KeyVault/vaults/secrets", name)
    {
        return Err(ArmError::bad_request("BadParameter", objection));
    }
    let value = body["value"].as_str().ok_or_else(|| {
        ArmError::bad_request("BadParameter", "The request body lacks the secret's value.")
    })?;
    if value.len() > MAX_VALUE {
        return Err(ArmError::bad_request(
            "BadParameter",
            format!(
                "The secret's value has {} bytes; at most {MAX_VALUE} are possible.",
                value.len()
            ),
        ));
    }
    let mut secret = find(cloud, vault, name)?.unwrap_or_else(|| Secret {
        name: name.to_owned(),
        versions: Vec::new(),
        deletion: None,
    });
    if secret.deletion.is_some() {
        return Err(ArmError::conflict(
            "Conflict",
            format!("Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged."),
        )
        .with_target("ObjectIsDeletedButRecoverable"));
    }
    secret.versions.push(Version::new(value, body));
    save(cloud, vault, &secret)?;
    Ok(secret)
}

pub(super) fn save(cloud: &Cloud, vault: &str, secret: &Secret) -> Result<(), StoreError> {
    cloud
        .store
        .put_document(KIND, &key(vault, &secret.name), secret)
}

pub(super) fn purge(cloud: &Cloud, vault: &str, name: &str) -> Result<(), StoreError> {
    cloud.store.delete_document(KIND, &key(vault, name))?;
    Ok(())
}

/// Removes all secrets of a vault that is purged.
pub(super) fn erase_all(cloud: &Cloud, vault: &str) -> Result<(), StoreError> {
    for secret in all(cloud, vault)? {
        purge(cloud, vault, &secret.name)?;
    }
    Ok(())
}

fn not_found(name: &str, version: Option<&str>) -> ArmError {
    let place = version.map_or_else(|| name.to_owned(), |version| format!("{name}/{version}"));
    ArmError::not_found(
        "SecretNotFound",
        format!(
            "A secret with (name/id) {place} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182"
        ),
    )
}

impl Secret {
    fn is_over(&self) -> bool {
        self.deletion
            .as_ref()
            .is_some_and(|deletion| deletion.purged <= Timestamp::now())
    }

    /// The newest version, or the one asked for.
    pub(super) fn version(&self, version: Option<&str>) -> Result<&Version, ArmError> {
        match version {
            None => self.versions.last(),
            Some(wanted) => self
                .versions
                .iter()
                .find(|version| version.version.eq_ignore_ascii_case(wanted)),
        }
        .ok_or_else(|| not_found(&self.name, version))
    }

    pub(super) fn version_mut(&mut self, version: Option<&str>) -> Result<&mut Version, ArmError> {
        let missing = not_found(&self.name, version);
        match version {
            None => self.versions.last_mut(),
            Some(wanted) => self
                .versions
                .iter_mut()
                .find(|version| version.version.eq_ignore_ascii_case(wanted)),
        }
        .ok_or(missing)
    }

    /// Marks it as deleted for as long as its vault keeps such.
    pub(super) fn delete(&mut self, retention: SignedDuration) {
        let deleted = Timestamp::now();
        self.deletion = Some(Deletion {
            deleted,
            purged: deleted + retention,
        });
    }
}

impl Version {
    fn new(value: &str, body: &Value) -> Self {
        let now = Timestamp::now().as_second();
        let attributes = &body["attributes"];
        Self {
            version: uuid::Uuid::new_v4().simple().to_string(),
            value: value.to_owned(),
            content_type: body["contentType"].as_str().map(str::to_owned),
            tags: body["tags"].as_object().cloned().unwrap_or_default(),
            enabled: attributes["enabled"].as_bool().unwrap_or(true),
            not_before: attributes["nbf"].as_i64(),
            expires: attributes["exp"].as_i64(),
            created: now,
            updated: now,
        }
    }

    /// Changes what `body` names; the value never changes.
    pub(super) fn update(&mut self, body: &Value) {
        if let Some(content_type) = body["contentType"].as_str() {
            self.content_type = Some(content_type.to_owned());
        }
        if let Some(tags) = body["tags"].as_object() {
            self.tags = tags.clone();
        }
        let attributes = &body["attributes"];
        if let Some(enabled) = attributes["enabled"].as_bool() {
            self.enabled = enabled;
        }
        if let Some(not_before) = attributes["nbf"].as_i64() {
            self.not_before = Some(not_before);
        }
        if let Some(expires) = attributes["exp"].as_i64() {
            self.expires = Some(expires);
        }
        self.updated = Timestamp::now().as_second();
    }

    pub(super) const fn is_enabled(&self) -> bool {
        self.enabled
    }

    pub(super) fn value(&self) -> &str {
        &self.value
    }

    /// `attributes` as both planes show them.
    pub(super) fn attributes(&self) -> Value {
        let mut attributes = json!({
            "enabled": self.enabled,
            "created": self.created,
            "updated": self.updated,
        });
        if let Some(not_before) = self.not_before {
            attributes["nbf"] = json!(not_before);
        }
        if let Some(expires) = self.expires {
            attributes["exp"] = json!(expires);
        }
        attributes
    }

    /// The data plane's bundle or item; `id` is the full address, with or without version.
    pub(super) fn bundle(&self, vault: &StoredResource, id: &str) -> Value {
        let properties = &vault.body["properties"];
        let mut attributes = self.attributes();
        attributes["recoveryLevel"] = json!(if properties["enablePurgeProtection"] == true {
            "Recoverable"
        } else {
            "Recoverable+Purgeable"
        });
        attributes["recoverableDays"] = properties["softDeleteRetentionInDays"].clone();
        let mut bundle = json!({"id": id, "attributes": attributes, "tags": self.tags});
        if let Some(content_type) = &self.content_type {
            bundle["contentType"] = json!(content_type);
        }
        bundle
    }
}

impl Deletion {
    /// Adds when it was deleted and until when it can be recovered.
    pub(super) fn describe(&self, bundle: &mut Value, recovery_id: &str) {
        bundle["recoveryId"] = json!(recovery_id);
        bundle["deletedDate"] = json!(self.deleted.as_second());
        bundle["scheduledPurgeDate"] = json!(self.purged.as_second());
    }
}
