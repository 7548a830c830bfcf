//! The files of an environment's rollouts: journal, history, kept packages, lock.
//!
//! Invariants: a file is replaced as a whole (temporary file, fsync, rename), so a crash leaves the old
//! one or the new one; nobody but its owner can read it.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
};

use bytes::Bytes;
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Serialize, de::DeserializeOwned};

use crate::{history::History, journal::Journal, package::Package, release::ReleaseId};

/// How many packages are kept for going back without the platform's help.
const KEPT_PACKAGES: usize = 5;

/// How many journals are kept.
const KEPT_JOURNALS: usize = 50;

/// The folder of one environment's state.
#[derive(Clone, Debug)]
pub struct StateDirectory {
    path: Utf8PathBuf,
}

/// Why the state can't be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// A file could not be read.
    #[error("cannot read `{path}`")]
    Read {
        /// The file.
        path: Utf8PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A file could not be written.
    #[error("cannot write `{path}`")]
    Write {
        /// The file.
        path: Utf8PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A file is not what this version of Taxiway writes.
    #[error("cannot make sense of `{path}`")]
    Format {
        /// The file.
        path: Utf8PathBuf,
        /// The cause.
        source: serde_json::Error,
    },
    /// Another rollout of this environment is going on.
    #[error("another rollout of this environment is going on{}", holder.map(|pid| format!(" (process {pid})")).unwrap_or_default())]
    Locked {
        /// The process.
        holder: Option<u32>,
    },
}

/// The right to roll out an environment; given back when it is dropped, or when the process ends.
#[derive(Debug)]
pub struct StateLock {
    _file: File,
}

impl StateDirectory {
    /// The state below `path`; the folder is made when it is first written to.
    pub fn new(path: impl Into<Utf8PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The folder.
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// The journal of the current or last rollout.
    ///
    /// # Errors
    /// When it exists and can't be read.
    pub fn journal(&self) -> Result<Option<Journal>, StateError> {
        self.read_json(&self.path.join("journal.json"))
    }

    /// The releases of the environment.
    ///
    /// # Errors
    /// When they exist and can't be read.
    pub fn history(&self) -> Result<History, StateError> {
        Ok(self
            .read_json(&self.path.join("releases.json"))?
            .unwrap_or_default())
    }

    /// Whether the package of a release is kept.
    pub fn has_package(&self, release: &ReleaseId) -> bool {
        self.package_path(release).is_file()
    }

    /// The kept package of a release.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn package(&self, release: &ReleaseId) -> Result<Bytes, StateError> {
        let path = self.package_path(release);
        fs::read(&path)
            .map(Bytes::from)
            .map_err(|source| StateError::Read { path, source })
    }

    /// Takes the lock. The lock of a process that has ended is free: the system holds it, not the file.
    ///
    /// # Errors
    /// [`StateError::Locked`] while another process holds it.
    pub fn lock(&self) -> Result<StateLock, StateError> {
        let path = self.path.join("lock");
        let fail = |source| StateError::Write {
            path: path.clone(),
            source,
        };
        self.make_folder(&self.path)?;
        let mut options = OpenOptions::new();
        options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600);
        let mut file = options.open(&path).map_err(fail)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _read = file.read_to_string(&mut holder);
                return Err(StateError::Locked {
                    holder: holder.trim().parse().ok(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(fail(source)),
        }
        file.set_len(0).map_err(fail)?;
        file.rewind().map_err(fail)?;
        writeln!(file, "{}", std::process::id()).map_err(fail)?;
        Ok(StateLock { _file: file })
    }

    pub(crate) fn save_journal(&self, journal: &Journal) -> Result<(), StateError> {
        self.write_json(&self.path.join("journal.json"), journal)
    }

    /// Keeps the journal of an ended rollout beside the current one.
    pub(crate) fn archive_journal(&self, journal: &Journal) -> Result<(), StateError> {
        let folder = self.path.join("rollouts");
        self.write_json(&folder.join(format!("{}.json", journal.id)), journal)?;
        let mut names = self.names(&folder)?;
        names.sort();
        for name in names.iter().rev().skip(KEPT_JOURNALS) {
            self.remove(&folder.join(name))?;
        }
        Ok(())
    }

    pub(crate) fn save_history(&self, history: &History) -> Result<(), StateError> {
        self.write_json(&self.path.join("releases.json"), history)
    }

    pub(crate) fn keep_package(&self, package: &Package) -> Result<(), StateError> {
        let path = self.package_path(&package.release);
        if fs::read(&path).is_ok_and(|kept| kept == package.zip) {
            return Ok(());
        }
        self.write(&path, &package.zip)
    }

    /// Drops the packages that no rollback would use any more.
    pub(crate) fn prune_packages(
        &self,
        history: &History,
        current: &ReleaseId,
    ) -> Result<(), StateError> {
        let folder = self.path.join("packages");
        let mut kept = vec![format!("{current}.zip")];
        for record in history.releases.iter().rev() {
            let name = format!("{}.zip", record.release);
            let rejected = matches!(record.state, crate::history::ReleaseState::Rejected { .. });
            if !rejected && kept.len() < KEPT_PACKAGES && !kept.contains(&name) {
                kept.push(name);
            }
        }
        for name in self.names(&folder)? {
            if !kept.contains(&name) {
                self.remove(&folder.join(name))?;
            }
        }
        Ok(())
    }

    fn package_path(&self, release: &ReleaseId) -> Utf8PathBuf {
        self.path.join("packages").join(format!("{release}.zip"))
    }

    fn names(&self, folder: &Utf8Path) -> Result<Vec<String>, StateError> {
        let fail = |source| StateError::Read {
            path: folder.to_owned(),
            source,
        };
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(fail(error)),
        };
        entries
            .map(|entry| {
                Ok(entry
                    .map_err(fail)?
                    .file_name()
                    .to_string_lossy()
                    .into_owned())
            })
            .collect()
    }

    fn remove(&self, path: &Utf8Path) -> Result<(), StateError> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StateError::Write {
                path: path.to_owned(),
                source: error,
            }),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn read_json<T: DeserializeOwned>(&self, path: &Utf8Path) -> Result<Option<T>, StateError> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                return Err(StateError::Read {
                    path: path.to_owned(),
                    source,
                });
            }
        };
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|source| StateError::Format {
                path: path.to_owned(),
                source,
            })
    }

    fn write_json<T: Serialize>(&self, path: &Utf8Path, value: &T) -> Result<(), StateError> {
        let mut bytes = serde_json::to_vec_pretty(value).map_err(|source| StateError::Format {
            path: path.to_owned(),
            source,
        })?;
        bytes.push(b'\n');
        self.write(path, &bytes)
    }

    /// Replaces a file as a whole.
    fn write(&self, path: &Utf8Path, bytes: &[u8]) -> Result<(), StateError> {
        let folder = path.parent().unwrap_or(&self.path);
        self.make_folder(folder)?;
        let temporary = path.with_extension("new");
        let written = write_file(&temporary, bytes)
            .and_then(|()| fs::rename(&temporary, path))
            .and_then(|()| File::open(folder)?.sync_all());
        written.map_err(|source| {
            let _removed = fs::remove_file(&temporary);
            StateError::Write {
                path: path.to_owned(),
                source,
            }
        })
    }

    fn make_folder(&self, folder: &Utf8Path) -> Result<(), StateError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|source| StateError::Write {
                path: folder.to_owned(),
                source,
            })
    }
}

fn write_file(path: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::{
        journal::{RolloutKind, Source},
        package::PackageFile,
    };

    fn state() -> (tempfile::TempDir, StateDirectory) {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(folder.path().join("state/local")).unwrap();
        (folder, StateDirectory::new(path))
    }

    fn package(content: &str) -> Package {
        let file = PackageFile {
            path: "a.py".to_owned(),
            content: content.as_bytes().to_vec(),
            executable: false,
        };
        Package::build(&[file]).unwrap()
    }

    #[test]
    fn what_is_saved_is_read_and_nobody_else_can_read_it() {
        let (_folder, state) = state();
        let package = package("1");
        let journal = Journal::begin(
            RolloutKind::Deploy,
            package.release.clone(),
            Source::Package,
            vec![],
        );
        assert_eq!(state.journal().unwrap(), None);
        state.save_journal(&journal).unwrap();
        state.keep_package(&package).unwrap();
        assert_eq!(state.journal().unwrap(), Some(journal));
        assert_eq!(state.package(&package.release).unwrap(), package.zip);
        for path in [
            state.path.join("journal.json"),
            state.package_path(&package.release),
        ] {
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600,
                "{path}"
            );
        }
    }

    #[test]
    fn the_lock_excludes_and_is_free_again() {
        let (_folder, state) = state();
        let lock = state.lock().unwrap();
        let refused = state.lock().unwrap_err();
        assert!(
            matches!(refused, StateError::Locked { holder: Some(pid) } if pid == std::process::id())
        );
        drop(lock);
        // The file stays, as after a `kill -9`; nobody holds it.
        state.lock().unwrap();
    }

    #[test]
    fn only_packages_of_use_stay() {
        let (_folder, state) = state();
        let packages: Vec<Package> = (0..8).map(|number| package(&number.to_string())).collect();
        for package in &packages {
            state.keep_package(package).unwrap();
        }
        state
            .prune_packages(&History::default(), &packages[3].release)
            .unwrap();
        assert_eq!(
            state.names(&state.path.join("packages")).unwrap(),
            [format!("{}.zip", packages[3].release)]
        );
    }
}
