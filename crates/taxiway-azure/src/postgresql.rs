//! PostgreSQL flexible servers: what a restore could go back to.
//!
//! Source: Azure REST reference, "PostgreSQL flexible servers" (2025-08-01).

use serde::Deserialize;
use serde_json::json;

use crate::{client::Azure, error::Error, resource_groups::ResourceGroupId, transport::read};

const API_VERSION: &str = "2025-08-01";

/// Names a server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PostgresqlServerId {
    /// Its group.
    pub group: ResourceGroupId,
    /// Its name.
    pub name: String,
}

impl PostgresqlServerId {
    /// Names a server of a group.
    pub fn new(group: ResourceGroupId, name: impl Into<String>) -> Self {
        Self {
            group,
            name: name.into(),
        }
    }

    /// `/subscriptions/…/flexibleServers/…`.
    pub fn path(&self) -> String {
        format!(
            "{}/providers/Microsoft.DBforPostgreSQL/flexibleServers/{}",
            self.group.path(),
            self.name
        )
    }
}

/// A server, as far as Taxiway reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostgresqlServer {
    /// Its id.
    pub id: String,
    /// Where it answers; the local cloud adds the port.
    pub host: String,
    /// Its major version.
    pub version: Option<String>,
    /// `Ready`, `Updating`, `Stopped` and so on.
    pub state: String,
    /// `Burstable`, `GeneralPurpose` or `MemoryOptimized`.
    pub tier: Option<String>,
    /// The earliest point in time that it can be restored to.
    pub earliest_restore: Option<jiff::Timestamp>,
    /// For how many days backups are kept.
    pub retention_days: Option<i64>,
    /// Whether its login signs in by a password.
    pub takes_passwords: bool,
}

impl PostgresqlServer {
    /// Whether backups on demand exist for its size. Source: "Backup and restore", on-demand backups.
    pub fn takes_backups_on_demand(&self) -> bool {
        self.tier
            .as_deref()
            .is_some_and(|tier| !tier.eq_ignore_ascii_case("Burstable"))
    }
}

/// A backup of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Its name.
    pub name: String,
    /// `Full` or `Customer On-Demand`.
    pub kind: Option<String>,
    /// When it was finished.
    pub completed: Option<jiff::Timestamp>,
}

impl Backup {
    /// Whether somebody asked for it.
    pub fn is_on_demand(&self) -> bool {
        self.kind
            .as_deref()
            .is_some_and(|kind| kind.to_ascii_lowercase().contains("demand"))
    }
}

#[derive(Deserialize)]
struct Wire {
    id: String,
    sku: Option<WireSku>,
    properties: WireProperties,
}

#[derive(Deserialize)]
struct WireSku {
    tier: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireProperties {
    #[serde(default)]
    fully_qualified_domain_name: String,
    version: Option<String>,
    #[serde(default)]
    state: String,
    backup: Option<WireRetention>,
    auth_config: Option<WireAuthentication>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireAuthentication {
    password_auth: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRetention {
    earliest_restore_date: Option<String>,
    backup_retention_days: Option<i64>,
}

#[derive(Deserialize)]
struct WireBackup {
    name: String,
    properties: Option<WireBackupProperties>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireBackupProperties {
    backup_type: Option<String>,
    completed_time: Option<String>,
}

impl From<Wire> for PostgresqlServer {
    fn from(wire: Wire) -> Self {
        let properties = wire.properties;
        let backup = properties.backup;
        Self {
            id: wire.id,
            host: properties.fully_qualified_domain_name,
            version: properties.version,
            state: properties.state,
            tier: wire.sku.and_then(|sku| sku.tier),
            retention_days: backup
                .as_ref()
                .and_then(|backup| backup.backup_retention_days),
            takes_passwords: properties
                .auth_config
                .and_then(|authentication| authentication.password_auth)
                .is_none_or(|password| !password.eq_ignore_ascii_case("Disabled")),
            earliest_restore: backup.and_then(|backup| time(&backup.earliest_restore_date?)),
        }
    }
}

impl From<WireBackup> for Backup {
    fn from(wire: WireBackup) -> Self {
        let (kind, completed) = wire.properties.map_or((None, None), |properties| {
            (properties.backup_type, properties.completed_time)
        });
        Self {
            name: wire.name,
            kind,
            completed: completed.and_then(|text| time(&text)),
        }
    }
}

/// Azure writes `2026-11-22T08:00:00.123+00:00` and `…Z`.
fn time(text: &str) -> Option<jiff::Timestamp> {
    text.parse().ok()
}

impl Azure {
    /// Reads a server, or `None` when it does not exist.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn postgresql_server(
        &self,
        id: &PostgresqlServerId,
    ) -> Result<Option<PostgresqlServer>, Error> {
        let path = id.path();
        let value = self.find(&path, API_VERSION).await?;
        value
            .map(|value| Ok(read::<Wire>(value, &path)?.into()))
            .transpose()
    }

    /// Takes a backup now and waits until it is finished. Not offered for burstable sizes.
    ///
    /// # Errors
    /// When the service refuses: at most seven are kept.
    pub async fn back_up(&self, id: &PostgresqlServerId, name: &str) -> Result<Backup, Error> {
        let path = format!("{}/backups/{name}", id.path());
        let value = self.put(&path, API_VERSION, json!({})).await?;
        Ok(read::<WireBackup>(value, &path)?.into())
    }

    /// Lists the backups of a server.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn backups(&self, id: &PostgresqlServerId) -> Result<Vec<Backup>, Error> {
        let path = format!("{}/backups", id.path());
        let items = self.list(&path, API_VERSION).await?;
        items
            .into_iter()
            .map(|item| Ok(read::<WireBackup>(item, &path)?.into()))
            .collect()
    }

    /// Deletes a backup that was taken on demand.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn delete_backup(&self, id: &PostgresqlServerId, name: &str) -> Result<(), Error> {
        self.delete(&format!("{}/backups/{name}", id.path()), API_VERSION)
            .await
    }
}
