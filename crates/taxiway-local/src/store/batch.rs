//! The SQL of the store, on a plain connection or inside a transaction.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Serialize, de::DeserializeOwned};
use taxiway_arm::ResourceId;

use super::{StoreError, StoredResource, TelemetryItem};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS resources (
    key TEXT PRIMARY KEY,       -- the id in lower case
    id TEXT NOT NULL,
    type TEXT NOT NULL,         -- in lower case
    api_version TEXT NOT NULL,
    body TEXT NOT NULL,
    created TEXT NOT NULL,
    changed TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS resources_by_type ON resources (type, key);
CREATE TABLE IF NOT EXISTS documents (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS telemetry (
    sequence INTEGER PRIMARY KEY,
    received TEXT NOT NULL,
    instrumentation_key TEXT NOT NULL,
    item_type TEXT NOT NULL,
    time TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS telemetry_by_key ON telemetry (instrumentation_key, item_type, time);
";

pub(super) fn prepare(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -2000)?;
    connection.execute_batch(SCHEMA)
}

/// Reads and writes on one connection, whose lock or transaction the caller holds.
#[derive(Debug)]
pub(crate) struct Batch<'a> {
    connection: &'a Connection,
}

type ResourceRow = (String, String, String, String, String);

impl<'a> Batch<'a> {
    pub(super) fn new(connection: &'a Connection) -> Self {
        Self { connection }
    }

    pub(crate) fn resource(&self, id: &ResourceId) -> Result<Option<StoredResource>, StoreError> {
        let row = self
            .connection
            .prepare_cached(
                "SELECT id, api_version, body, created, changed FROM resources WHERE key = ?1",
            )?
            .query_row([id.key()], read_row)
            .optional()?;
        row.map(resource_from).transpose()
    }

    pub(crate) fn put_resource(&self, resource: &StoredResource) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO resources VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
            .execute(params![
                resource.id.key(),
                resource.id.as_str(),
                resource.id.resource_type().to_ascii_lowercase(),
                resource.api_version,
                serde_json::to_string(&resource.body)?,
                resource.created.to_string(),
                resource.changed.to_string(),
            ])?;
        Ok(())
    }

    pub(crate) fn delete_resource(&self, id: &ResourceId) -> Result<bool, StoreError> {
        let count = self
            .connection
            .prepare_cached("DELETE FROM resources WHERE key = ?1")?
            .execute([id.key()])?;
        Ok(count > 0)
    }

    pub(crate) fn resources_under(
        &self,
        prefix: &ResourceId,
    ) -> Result<Vec<StoredResource>, StoreError> {
        // `0` follows `/` in the order of bytes, so the range holds exactly the keys that begin with `prefix/`.
        let key = key_of_prefix(prefix);
        self.resources(
            "SELECT id, api_version, body, created, changed FROM resources
             WHERE key > ?1 AND key < ?2 ORDER BY key",
            &[&format!("{key}/"), &format!("{key}0")],
        )
    }

    pub(crate) fn resources_of_type(
        &self,
        scope: &ResourceId,
        resource_type: &str,
    ) -> Result<Vec<StoredResource>, StoreError> {
        let key = key_of_prefix(scope);
        self.resources(
            "SELECT id, api_version, body, created, changed FROM resources
             WHERE type = ?1 AND key > ?2 AND key < ?3 ORDER BY key",
            &[
                &resource_type.to_ascii_lowercase(),
                &format!("{key}/"),
                &format!("{key}0"),
            ],
        )
    }

    pub(crate) fn all_of_type(
        &self,
        resource_type: &str,
    ) -> Result<Vec<StoredResource>, StoreError> {
        self.resources(
            "SELECT id, api_version, body, created, changed FROM resources WHERE type = ?1 ORDER BY key",
            &[&resource_type.to_ascii_lowercase()],
        )
    }

    pub(crate) fn document<T: DeserializeOwned>(
        &self,
        kind: &str,
        key: &str,
    ) -> Result<Option<T>, StoreError> {
        let body: Option<String> = self
            .connection
            .prepare_cached("SELECT body FROM documents WHERE kind = ?1 AND key = ?2")?
            .query_row([kind, key], |row| row.get(0))
            .optional()?;
        Ok(body.map(|body| serde_json::from_str(&body)).transpose()?)
    }

    pub(crate) fn put_document<T: Serialize>(
        &self,
        kind: &str,
        key: &str,
        document: &T,
    ) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO documents VALUES (?1, ?2, ?3)")?
            .execute([kind, key, &serde_json::to_string(document)?])?;
        Ok(())
    }

    pub(crate) fn delete_document(&self, kind: &str, key: &str) -> Result<bool, StoreError> {
        let count = self
            .connection
            .prepare_cached("DELETE FROM documents WHERE kind = ?1 AND key = ?2")?
            .execute([kind, key])?;
        Ok(count > 0)
    }

    pub(crate) fn documents<T: DeserializeOwned>(
        &self,
        kind: &str,
    ) -> Result<Vec<(String, T)>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT key, body FROM documents WHERE kind = ?1 ORDER BY key")?;
        let rows = statement.query_map([kind], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })?;
        rows.map(|row| {
            let (key, body) = row?;
            Ok((key, serde_json::from_str(&body)?))
        })
        .collect()
    }

    pub(crate) fn append_telemetry(&self, items: &[TelemetryItem]) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO telemetry (received, instrumentation_key, item_type, time, body) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        let received = Timestamp::now().to_string();
        for item in items {
            statement.execute([
                &received,
                &item.instrumentation_key,
                &item.item_type,
                &item.time,
                &serde_json::to_string(&item.body)?,
            ])?;
        }
        Ok(())
    }

    fn resources(
        &self,
        sql: &str,
        arguments: &[&String],
    ) -> Result<Vec<StoredResource>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map(rusqlite::params_from_iter(arguments), read_row)?;
        rows.map(|row| resource_from(row?)).collect()
    }
}

/// The key to which `/…` is appended; the tenant's own id ends in the slash.
fn key_of_prefix(id: &ResourceId) -> &str {
    id.key().trim_end_matches('/')
}

fn read_row(row: &Row<'_>) -> Result<ResourceRow, rusqlite::Error> {
    Ok((
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
    ))
}

fn resource_from(
    (id, api_version, body, created, changed): ResourceRow,
) -> Result<StoredResource, StoreError> {
    Ok(StoredResource {
        id: id.parse().map_err(|_| StoreError::Id(id.clone()))?,
        api_version,
        body: serde_json::from_str(&body)?,
        created: created.parse().map_err(|_| StoreError::Time(created))?,
        changed: changed.parse().map_err(|_| StoreError::Time(changed))?,
    })
}
