//! What the caller of [`crate::run`] decides.

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

/// Where the local cloud keeps its state and on which ports of loopback it answers.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The state directory: everything that `reset` removes.
    pub state: Utf8PathBuf,
    /// Tools that are installed once (uv, PostgreSQL) and survive `reset`.
    pub cache: Utf8PathBuf,
    /// The ports.
    pub ports: Ports,
}

/// Ports on 127.0.0.1; 0 takes a free one, which then stands in `<state>/cloud.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ports {
    /// HTTPS: Resource Manager, login, Graph, vaults, Kudu, ingestion.
    pub front_door: u16,
    /// HTTP: the sites.
    pub sites: u16,
    /// The CONNECT proxy for clients that only know Azure's own host names.
    pub proxy: u16,
}

impl Default for Ports {
    fn default() -> Self {
        Self {
            front_door: 8443,
            sites: 8080,
            proxy: 8081,
        }
    }
}
