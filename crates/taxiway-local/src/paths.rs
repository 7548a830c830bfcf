//! Where the local cloud keeps its files.
//!
//! Everything below `state` belongs to one local cloud and goes with `reset`; `cache` holds tools that can be fetched again.
//! Directories are made with mode 700: what stands in them is nobody else's business. Where a process of another user has to
//! pass (PostgreSQL under an unprivileged user), its own folder says so.

use std::os::unix::fs::DirBuilderExt;

use camino::{Utf8Path, Utf8PathBuf};

/// The folders of one local cloud.
#[derive(Clone, Debug)]
pub(crate) struct Paths {
    /// The state directory.
    pub state: Utf8PathBuf,
    /// Tools installed once: uv, PostgreSQL.
    pub cache: Utf8PathBuf,
}

impl Paths {
    pub(crate) fn new(state: &Utf8Path, cache: &Utf8Path) -> Self {
        Self {
            state: state.to_owned(),
            cache: cache.to_owned(),
        }
    }

    /// The SQLite file.
    pub(crate) fn database(&self) -> Utf8PathBuf {
        self.state.join("cloud.db")
    }

    /// Process id, ports and version of the running cloud.
    pub(crate) fn status(&self) -> Utf8PathBuf {
        self.state.join("cloud.json")
    }

    /// Held with a lock while a cloud runs on this state.
    pub(crate) fn lock(&self) -> Utf8PathBuf {
        self.state.join("cloud.lock")
    }

    /// The deployer's client id and secret.
    pub(crate) fn credentials(&self) -> Utf8PathBuf {
        self.state.join("credentials.json")
    }

    /// The certificate that clients trust.
    pub(crate) fn ca_certificate(&self) -> Utf8PathBuf {
        self.state.join("ca.pem")
    }

    /// The key of the certificate authority.
    pub(crate) fn ca_key(&self) -> Utf8PathBuf {
        self.state.join("ca.key")
    }

    /// The key that signs tokens.
    pub(crate) fn token_key(&self) -> Utf8PathBuf {
        self.state.join("tokens.key")
    }

    /// Everything of the sites, one folder per site and slot.
    pub(crate) fn sites(&self) -> Utf8PathBuf {
        self.state.join("sites")
    }

    /// Everything of the PostgreSQL servers, one folder per server.
    pub(crate) fn postgresql(&self) -> Utf8PathBuf {
        self.state.join("postgresql")
    }

    /// Records of the children that live, one folder for each kind of them.
    pub(crate) fn processes(&self) -> Utf8PathBuf {
        self.state.join("processes")
    }

    /// Makes the state and cache folders.
    ///
    /// # Errors
    /// When a folder can't be made.
    pub(crate) fn create(&self) -> std::io::Result<()> {
        for directory in [&self.state, &self.cache] {
            std::fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(directory)?;
        }
        Ok(())
    }
}
