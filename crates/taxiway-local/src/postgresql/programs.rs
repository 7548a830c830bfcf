//! Running PostgreSQL's programs: each under the servers' account, with an environment of its own.

use std::{collections::BTreeMap, time::Duration};

use camino::Utf8PathBuf;
use tokio::time::timeout;

use super::folders::Folders;
use crate::{
    cloud::Cloud,
    error::ArmError,
    process::{Account, Child, Log, Program, Records, StopPlan},
};

/// A program that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(600);

/// The records of the servers' processes.
pub(super) fn records(cloud: &Cloud) -> Records {
    Records::new(&cloud.paths.state.join("processes/postgresql"))
}

/// The search path for shell commands such as `cp`, and a language in which messages are known.
pub(super) fn environment() -> BTreeMap<String, String> {
    let mut environment = crate::tools::inherited();
    environment.retain(|name, _| name == "PATH" || name == "TMPDIR");
    environment.insert("LC_ALL".to_owned(), "C".to_owned());
    environment
}

/// One run of a program.
#[derive(Debug)]
pub(super) struct Run<'a> {
    pub cloud: &'a Cloud,
    pub folders: &'a Folders,
    pub account: Option<Account>,
    pub executable: Utf8PathBuf,
    pub arguments: Vec<String>,
}

/// A program failed: what it printed last.
#[derive(Debug, thiserror::Error)]
#[error("`{program}` failed: {output}")]
pub(super) struct ProgramError {
    program: String,
    output: String,
}

impl From<ProgramError> for ArmError {
    fn from(error: ProgramError) -> Self {
        tracing::error!(%error, "a program of PostgreSQL");
        Self::internal(format!("{error}."))
    }
}

impl Run<'_> {
    /// The last lines that it printed.
    pub(super) async fn output(self) -> Result<Vec<String>, ProgramError> {
        let program = self.executable.file_name().unwrap_or_default().to_owned();
        let failed = |output: String| ProgramError {
            program: program.clone(),
            output,
        };
        let description = Program {
            name: format!("{program} for {}", self.folders.root),
            executable: self.executable,
            arguments: self.arguments,
            environment: environment(),
            directory: self.folders.root.clone(),
            account: self.account,
            stop: StopPlan::default(),
        };
        let log = Log::new(&self.folders.log);
        let mut child = Child::spawn(&description, &log, &records(self.cloud))
            .map_err(|error| failed(error.to_string()))?;
        match timeout(LIMIT, child.wait()).await {
            Ok(Ok(exit)) if exit.is_success() => Ok(child.last_lines()),
            Ok(Ok(exit)) => Err(failed(format!("{exit}: {}", child.last_lines().join("; ")))),
            Ok(Err(error)) => Err(failed(error.to_string())),
            Err(_) => Err(failed(format!(
                "it ran for more than {} seconds",
                LIMIT.as_secs()
            ))),
        }
    }
}
