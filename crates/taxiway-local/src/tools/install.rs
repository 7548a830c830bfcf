//! Packages of PyPI in the cache.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use tokio::sync::Mutex;

use super::environment::{inherited, on_path};
use crate::process::{Child, Log, Program, Records, StopPlan};

/// Two installations at once would do the work twice.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// A tool is neither on this machine nor can it be installed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InstallError {
    #[error(
        "`{package}` is not on this machine, and python3, which would install it, is not either"
    )]
    NoPython { package: &'static str },
    #[error(
        "`{package}` can't be installed: this python3 makes no virtual environments (on Debian: apt install python3-venv): {output}"
    )]
    NoVenv {
        package: &'static str,
        output: String,
    },
    #[error(
        "`{package}` could not be installed from the package index (is there a network?); on PATH it would be used from there: {output}"
    )]
    Pip {
        package: &'static str,
        output: String,
    },
    #[error("`{package}` could not be put into the cache `{folder}`")]
    Cache {
        package: &'static str,
        folder: Utf8PathBuf,
        source: io::Error,
    },
    #[error("`{package}` was installed, but `{file}` is not in it")]
    Missing {
        package: &'static str,
        file: Utf8PathBuf,
    },
}

/// A package to install and where it goes.
pub(super) struct Installation<'a> {
    pub package: &'static str,
    /// The folder of all tools.
    pub tools: &'a Utf8Path,
    /// A file that the installation holds, relative to its folder; it proves that the installation is complete.
    pub proof: &'a str,
}

impl Installation<'_> {
    /// The folder of the package, installed now if need be. The package's files stand directly in it.
    pub(super) async fn folder(&self) -> Result<Utf8PathBuf, InstallError> {
        let folder = self.tools.join(self.package);
        let proof = folder.join(self.proof);
        if proof.exists() {
            return Ok(folder);
        }
        let _turn = ONE_AT_A_TIME.lock().await;
        if proof.exists() {
            return Ok(folder);
        }
        self.install(&folder).await?;
        match proof.exists() {
            true => Ok(folder),
            false => Err(InstallError::Missing {
                package: self.package,
                file: self.proof.into(),
            }),
        }
    }

    async fn install(&self, folder: &Utf8Path) -> Result<(), InstallError> {
        let package = self.package;
        let python = on_path("python3").ok_or(InstallError::NoPython { package })?;
        let work = self
            .tools
            .join(format!("{package}.{}.tmp", std::process::id()));
        let cache = |source| InstallError::Cache {
            package,
            folder: folder.to_owned(),
            source,
        };
        std::fs::create_dir_all(&work).map_err(cache)?;
        let (venv, target) = (work.join("venv"), work.join("target"));
        tracing::info!(package, "a tool is being installed from PyPI");
        let made = self
            .run(&python, &["-m", "venv", venv.as_str()], &work)
            .await;
        made.map_err(|output| InstallError::NoVenv { package, output })?;
        let install = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-input",
            "--no-deps",
            "--target",
            target.as_str(),
            package,
        ];
        let installed = self.run(&venv.join("bin/python"), &install, &work).await;
        installed.map_err(|output| InstallError::Pip {
            package,
            output: last_error(&output),
        })?;
        if folder.exists() {
            std::fs::remove_dir_all(folder).map_err(cache)?;
        }
        std::fs::rename(&target, folder).map_err(cache)?;
        std::fs::remove_dir_all(&work).map_err(cache)
    }

    /// Runs a step; what it printed is the error.
    async fn run(
        &self,
        executable: &Utf8Path,
        arguments: &[&str],
        work: &Utf8Path,
    ) -> Result<(), String> {
        let program = Program {
            name: format!("installation of {}", self.package),
            executable: executable.to_owned(),
            arguments: arguments.iter().map(ToString::to_string).collect(),
            environment: inherited(),
            directory: work.to_owned(),
            account: None,
            stop: StopPlan::default(),
        };
        let log = Log::new(&work.join("install.log"));
        let records = Records::new(&work.join("processes"));
        let mut child =
            Child::spawn(&program, &log, &records).map_err(|error| error.to_string())?;
        match child.wait().await {
            Ok(exit) if exit.is_success() => Ok(()),
            Ok(exit) => Err(format!("{exit}: {}", child.last_lines().join("; "))),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// What pip says last of its errors, without what it says of each of its attempts.
fn last_error(output: &str) -> String {
    let errors = output
        .split("; ")
        .filter(|line| line.starts_with("ERROR: "));
    errors.last().unwrap_or(output).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_are_left_out() {
        let attempt =
            "exited with code 1: WARNING: Retrying (Retry(total=4)) after connection broken";
        let error = "ERROR: No matching distribution found for uv";
        let output = [attempt, "ERROR: Could not find a version", error].join("; ");
        assert_eq!(last_error(&output), error);
        assert_eq!(last_error(attempt), attempt);
    }
}
