//! The folders of a server, and the account that may use them.
//!
//! PostgreSQL refuses to run as root. When the cloud does, servers run as `postgres` or `nobody`; their folders belong to that
//! account with mode 700, and the folders above them let it pass (search permission only, nothing becomes readable).

use std::{
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown},
};

use camino::{Utf8Path, Utf8PathBuf};
use nix::unistd::{User, geteuid};
use sha2::{Digest, Sha256};
use taxiway_arm::ResourceId;

use crate::{cloud::Cloud, error::ArmError, process::Account};

/// The longest path of a Unix socket on every system that we know. Source: unix(7), macOS sys/un.h.
const LONGEST_SOCKET: usize = 103;

/// What a server needs of the file system.
#[derive(Clone, Debug)]
pub(super) struct Folders {
    /// Everything of the server.
    pub root: Utf8PathBuf,
    /// PostgreSQL's own.
    pub data: Utf8PathBuf,
    /// Access rules, certificate and key; written anew at each start.
    pub config: Utf8PathBuf,
    /// Base backups, one folder each.
    pub backups: Utf8PathBuf,
    /// Finished segments of the write-ahead log.
    pub archive: Utf8PathBuf,
    /// Its Unix socket. Servers may have the same port, by which their sockets are named.
    pub sockets: Utf8PathBuf,
    pub log: Utf8PathBuf,
}

impl Folders {
    /// Names of servers are unique in the cloud, as they are in Azure.
    pub(super) fn of(cloud: &Cloud, id: &ResourceId) -> Self {
        let all = cloud.paths.postgresql();
        let root = all.join(id.name().to_ascii_lowercase());
        Self {
            data: root.join("data"),
            config: root.join("config"),
            backups: root.join("backups"),
            archive: root.join("archive"),
            log: root.join("server.log"),
            // No server's name begins with a dot, and a name may be too long for the path of a socket.
            sockets: all.join(".sockets").join(short_name(id)),
            root,
        }
    }

    /// Makes what is missing and gives it to the account.
    pub(super) fn prepare(&self, account: Option<Account>) -> Result<(), ArmError> {
        let socket = self.sockets.join(".s.PGSQL.65535");
        if socket.as_str().len() > LONGEST_SOCKET {
            return Err(ArmError::internal(format!(
                "The path of the state directory is too long for the Unix socket '{socket}'. Set TAXIWAY_HOME to a shorter one."
            )));
        }
        let sockets = self.sockets.parent().unwrap_or(&self.sockets);
        let own = [
            self.data.as_path(),
            &self.config,
            &self.backups,
            &self.archive,
            sockets,
            &self.sockets,
        ];
        for folder in own {
            make(folder, account).map_err(|error| failed("make", folder, &error))?;
        }
        let Some(account) = account else {
            return Ok(());
        };
        let_pass(&self.root, account)
    }

    /// Removes everything of the server.
    pub(super) fn remove(&self) -> Result<(), ArmError> {
        for folder in [&self.sockets, &self.root] {
            match std::fs::remove_dir_all(folder) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(failed("remove", folder, &error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Eight digits that stand for the name of a server.
fn short_name(id: &ResourceId) -> String {
    let digest = Sha256::digest(id.name().to_ascii_lowercase());
    let start = [digest[0], digest[1], digest[2], digest[3]];
    format!("{:08x}", u32::from_be_bytes(start))
}

/// The account for servers when we are root.
pub(super) fn account() -> Result<Option<Account>, ArmError> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    let user = ["postgres", "nobody"]
        .iter()
        .find_map(|name| User::from_name(name).ok().flatten());
    match user {
        Some(user) => Ok(Some(Account {
            user: user.uid.as_raw(),
            group: user.gid.as_raw(),
        })),
        None => Err(ArmError::internal(
            "PostgreSQL does not run as root, and this machine has neither the user 'postgres' nor 'nobody'.",
        )),
    }
}

/// The names of the accounts that may be the servers' superuser: our own, and that of the servers.
pub(super) fn owners(account: Option<Account>) -> Result<Vec<String>, ArmError> {
    let ids = [Some(geteuid()), account.map(|account| account.user.into())];
    ids.into_iter()
        .flatten()
        .map(|id| match User::from_uid(id) {
            Ok(Some(user)) => Ok(user.name),
            _ => Err(ArmError::internal(format!(
                "The user {id} of this machine has no name."
            ))),
        })
        .collect()
}

/// Lets the account reach `path`: every folder above it gets search permission where it has none.
pub(super) fn let_pass(path: &Utf8Path, account: Account) -> Result<(), ArmError> {
    let home = User::from_uid(geteuid())
        .ok()
        .flatten()
        .map(|user| user.dir);
    for folder in path.ancestors() {
        let metadata = folder
            .metadata()
            .map_err(|error| failed("read", folder, &error))?;
        let mode = metadata.permissions().mode();
        if mode & 0o001 != 0 || metadata.uid() == account.user {
            continue;
        }
        if home.as_deref() == Some(folder.as_std_path()) {
            return Err(ArmError::internal(format!(
                "PostgreSQL runs as another user here, and '{folder}' does not let it pass. Set TAXIWAY_HOME and TAXIWAY_CACHE to folders outside of it, or run: chmod o+x {folder}"
            )));
        }
        std::fs::set_permissions(
            folder,
            std::fs::Permissions::from_mode(mode & 0o7777 | 0o011),
        )
        .map_err(|error| failed("open", folder, &error))?;
        tracing::debug!(%folder, "a folder lets PostgreSQL's user pass now");
    }
    Ok(())
}

fn make(folder: &Utf8Path, account: Option<Account>) -> io::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    match account {
        Some(account) => chown(folder, Some(account.user), Some(account.group)),
        None => Ok(()),
    }
}

/// Replaces a file that the server reads; mode 600, owned by its account.
pub(super) fn write(
    path: &Utf8Path,
    content: &str,
    account: Option<Account>,
) -> Result<(), ArmError> {
    crate::files::write_private(path, content.as_bytes())
        .and_then(|()| match account {
            Some(account) => chown(path, Some(account.user), Some(account.group)),
            None => Ok(()),
        })
        .map_err(|error| failed("write", path, &error))
}

/// A failure of the file system; the details are the operator's.
pub(super) fn failed(verb: &str, path: &Utf8Path, error: &io::Error) -> ArmError {
    tracing::error!(%path, %error, verb, "a file of a PostgreSQL server");
    ArmError::internal(format!("The local cloud cannot {verb} '{path}': {error}."))
}
