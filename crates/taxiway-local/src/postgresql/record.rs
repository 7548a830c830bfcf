//! What the cloud knows about a server beyond its resource: written once the data folder is complete.

use std::net::Ipv4Addr;

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};
use taxiway_arm::ResourceId;

use crate::{cloud::Cloud, store::StoreError};

const KIND: &str = "postgresql-server";

/// The port that clients take where an address has none.
pub(super) const WELL_KNOWN_PORT: u16 = 5432;

/// A server whose data folder is complete. No secret is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ServerRecord {
    pub id: ResourceId,
    /// Where it listens, on loopback. Records of earlier versions have none.
    #[serde(default = "localhost")]
    pub address: Ipv4Addr,
    pub port: u16,
    /// The folder of the programs that made the data folder; only the same major version can read it.
    pub programs: Utf8PathBuf,
    /// The real version, such as `15.18`.
    pub version: String,
    /// Whether the programs were built with TLS.
    pub has_tls: bool,
    /// Whether clients have to use it; the configuration `require_secure_transport`.
    pub requires_tls: bool,
    /// The role of the administrator.
    pub login: Option<String>,
    /// The configuration `azure.extensions`, cut at its commas and else as it was written.
    pub extensions: Vec<String>,
    /// Stopped by its owner; it stays so when the cloud starts again.
    pub is_stopped: bool,
}

const fn localhost() -> Ipv4Addr {
    Ipv4Addr::LOCALHOST
}

impl ServerRecord {
    pub(super) fn load(cloud: &Cloud, id: &ResourceId) -> Result<Option<Self>, StoreError> {
        cloud.store.document(KIND, id.key())
    }

    pub(super) fn all(cloud: &Cloud) -> Result<Vec<Self>, StoreError> {
        let documents = cloud.store.documents(KIND)?;
        Ok(documents.into_iter().map(|(_, record)| record).collect())
    }

    pub(super) fn save(&self, cloud: &Cloud) -> Result<(), StoreError> {
        cloud.store.put_document(KIND, self.id.key(), self)
    }

    pub(super) fn forget(cloud: &Cloud, id: &ResourceId) -> Result<(), StoreError> {
        cloud.store.delete_document(KIND, id.key()).map(|_| ())
    }
}
