//! Everything the local cloud remembers, in one SQLite file.
//!
//! A call returns after its change is on the disk (`synchronous=FULL`), so an acknowledged request survives `kill -9`.
//! Calls are short and block; a caller with many of them uses [`Store::transaction`]. Resources are found by their id
//! without regard to case and answered in the case in which they were written.

use std::{
    os::unix::fs::OpenOptionsExt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use taxiway_arm::ResourceId;

mod batch;

pub(crate) use batch::Batch;

/// The store can't be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("cannot open the store `{path}`")]
    Open {
        path: Utf8PathBuf,
        source: rusqlite::Error,
    },
    #[error("cannot make the store `{path}`")]
    File {
        path: Utf8PathBuf,
        source: std::io::Error,
    },
    #[error("cannot read or write the store")]
    Sqlite(#[from] rusqlite::Error),
    #[error("a record in the store is not understood")]
    Record(#[from] serde_json::Error),
    #[error("the store holds the resource id `{0}`, which is not one")]
    Id(String),
    #[error("the store holds the time `{0}`, which is not one")]
    Time(String),
}

/// The file has mode 600 before SQLite first writes to it; its side files take the same mode.
fn make_private(path: &Utf8Path) -> Result<(), StoreError> {
    std::fs::File::options()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .map(|_| ())
        .map_err(|source| StoreError::File {
            path: path.to_owned(),
            source,
        })
}

/// One resource as GET answers it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StoredResource {
    pub id: ResourceId,
    /// The version with which it was written last.
    pub api_version: String,
    /// The whole answer of GET: id, name, type, location, properties, ….
    pub body: Value,
    pub created: Timestamp,
    pub changed: Timestamp,
}

/// One telemetry item as it came in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TelemetryItem {
    pub instrumentation_key: String,
    /// `RequestData`, `MessageData`, ….
    pub item_type: String,
    /// The envelope's own time.
    pub time: String,
    pub body: Value,
}

/// The store. Clones share one connection.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    connection: Arc<Mutex<Connection>>,
}

impl Store {
    /// Opens or makes the file.
    ///
    /// # Errors
    /// When the file can't be opened, or is not ours.
    pub(crate) fn open(path: &Utf8Path) -> Result<Self, StoreError> {
        let open_error = |source| StoreError::Open {
            path: path.to_owned(),
            source,
        };
        make_private(path)?;
        let connection = Connection::open(path).map_err(open_error)?;
        batch::prepare(&connection).map_err(open_error)?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
        })
    }

    /// Runs `work` in one transaction: all of it is kept, or nothing when it fails.
    ///
    /// # Errors
    /// Those of `work`, and those of the commit.
    pub(crate) fn transaction<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Batch<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.lock();
        let transaction: Transaction<'_> = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let result = work(&Batch::new(&transaction))?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(result)
    }

    pub(crate) fn resource(&self, id: &ResourceId) -> Result<Option<StoredResource>, StoreError> {
        Batch::new(&self.lock()).resource(id)
    }

    pub(crate) fn put_resource(&self, resource: &StoredResource) -> Result<(), StoreError> {
        Batch::new(&self.lock()).put_resource(resource)
    }

    /// Whether there was one.
    pub(crate) fn delete_resource(&self, id: &ResourceId) -> Result<bool, StoreError> {
        Batch::new(&self.lock()).delete_resource(id)
    }

    /// The resources below `prefix` (not itself), ordered by id.
    pub(crate) fn resources_under(
        &self,
        prefix: &ResourceId,
    ) -> Result<Vec<StoredResource>, StoreError> {
        Batch::new(&self.lock()).resources_under(prefix)
    }

    /// The resources of a full type such as `Microsoft.Web/sites` below a subscription, a group or another scope.
    pub(crate) fn resources_of_type(
        &self,
        scope: &ResourceId,
        resource_type: &str,
    ) -> Result<Vec<StoredResource>, StoreError> {
        Batch::new(&self.lock()).resources_of_type(scope, resource_type)
    }

    /// The resources of a full type in every subscription.
    pub(crate) fn all_of_type(
        &self,
        resource_type: &str,
    ) -> Result<Vec<StoredResource>, StoreError> {
        Batch::new(&self.lock()).all_of_type(resource_type)
    }

    pub(crate) fn document<T: DeserializeOwned>(
        &self,
        kind: &str,
        key: &str,
    ) -> Result<Option<T>, StoreError> {
        Batch::new(&self.lock()).document(kind, key)
    }

    pub(crate) fn put_document<T: Serialize>(
        &self,
        kind: &str,
        key: &str,
        document: &T,
    ) -> Result<(), StoreError> {
        Batch::new(&self.lock()).put_document(kind, key, document)
    }

    /// Whether there was one.
    pub(crate) fn delete_document(&self, kind: &str, key: &str) -> Result<bool, StoreError> {
        Batch::new(&self.lock()).delete_document(kind, key)
    }

    /// All documents of a kind with their keys, ordered by key.
    pub(crate) fn documents<T: DeserializeOwned>(
        &self,
        kind: &str,
    ) -> Result<Vec<(String, T)>, StoreError> {
        Batch::new(&self.lock()).documents(kind)
    }

    /// Adds items in one transaction.
    pub(crate) fn append_telemetry(&self, items: &[TelemetryItem]) -> Result<(), StoreError> {
        self.transaction(|batch| batch.append_telemetry(items))
    }

    /// A panic while the lock was held can't leave a half-made change: SQLite rolls it back.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
