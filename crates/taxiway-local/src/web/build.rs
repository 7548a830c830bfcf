//! Builds an unpacked application the way Oryx does: a virtual environment, its packages, collectstatic, own commands.
//!
//! Source: microsoft/Oryx, build template for Python (August 2026), and App Service documentation, "Configure a Linux Python
//! app". Packages are installed by uv, with links into its cache.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::{
    deployment::Folder,
    launch::{LaunchError, python_version},
    record::SlotRecord,
};
use crate::{
    cloud::Cloud,
    process::{Child, Log, Program, StopPlan},
    tools::{self, InstallError, PythonError},
};

/// Why a build failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum BuildError {
    #[error("the site {0}")]
    Runtime(#[from] LaunchError),
    #[error(transparent)]
    Python(#[from] PythonError),
    #[error(transparent)]
    Uv(#[from] InstallError),
    #[error("`{0}`, which CUSTOM_REQUIREMENTSTXT_PATH names, is not in the package")]
    NoCustomRequirements(String),
    #[error(
        "nothing says which packages the application needs: no requirements.txt, setup.py or pyproject.toml in the root of the package"
    )]
    NoRequirements,
    #[error(
        "a pyproject.toml without uv.lock and requirements.txt is handed to poetry, which the local cloud does not run; add a requirements.txt"
    )]
    Poetry,
    #[error("{step} {exit}: {last}")]
    Step {
        step: &'static str,
        exit: String,
        last: String,
    },
    #[error("{step} could not be started: {source}")]
    Spawn {
        step: &'static str,
        source: std::io::Error,
    },
}

/// How the packages of an application are named.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Requirements {
    File(String),
    SetupPy,
    UvLock,
}

/// One build.
pub(super) struct Build<'a> {
    pub cloud: &'a Cloud,
    pub slot: &'a SlotRecord,
    pub folder: &'a Folder,
    pub log: &'a Log,
}

/// Whether the site's settings ask for a build.
pub(super) fn is_wanted(slot: &SlotRecord) -> bool {
    let is_off = slot
        .setting("ENABLE_ORYX_BUILD")
        .is_some_and(|value| value == "0" || value.eq_ignore_ascii_case("false"));
    slot.is_on("SCM_DO_BUILD_DURING_DEPLOYMENT") && !is_off
}

impl Build<'_> {
    /// Runs all steps.
    ///
    /// # Errors
    /// The step that failed, and why.
    pub(super) async fn run(&self) -> Result<(), BuildError> {
        let version = python_version(self.slot)?;
        let root = self.folder.application();
        let requirements = requirements(self.slot, &root)?;
        let uv = tools::find_uv(&self.cloud.paths.cache).await?;
        let records = self.cloud.sites.records(self.cloud);
        let python = tools::find_python(&self.cloud.paths.cache, &version, &records).await?;
        self.log.line(&format!("Python {version} is {python}"));
        let environment = self.folder.environment();
        let venv = ["venv", "--python", python.as_str(), environment.as_str()];
        self.step("making the virtual environment", &uv, &venv)
            .await?;
        self.shell("PRE_BUILD_COMMAND", self.slot.setting("PRE_BUILD_COMMAND"))
            .await?;
        match self.slot.setting("CUSTOM_BUILD_COMMAND") {
            Some(command) => self.shell("CUSTOM_BUILD_COMMAND", Some(command)).await?,
            None => self.install(&uv, &requirements).await?,
        }
        self.collect_static(&root, &requirements).await;
        self.shell(
            "POST_BUILD_COMMAND",
            self.slot.setting("POST_BUILD_COMMAND"),
        )
        .await
    }

    async fn install(&self, uv: &Utf8Path, requirements: &Requirements) -> Result<(), BuildError> {
        let arguments: Vec<&str> = match requirements {
            Requirements::File(path) => vec!["pip", "install", "-r", path],
            Requirements::SetupPy => vec!["pip", "install", "."],
            Requirements::UvLock => vec!["sync", "--active"],
        };
        self.step("installing the packages", uv, &arguments).await
    }

    /// A failure is a warning only, as it is in Azure.
    async fn collect_static(&self, root: &Utf8Path, requirements: &Requirements) {
        let mentions_django = match requirements {
            Requirements::File(path) => std::fs::read_to_string(root.join(path))
                .is_ok_and(|text| text.to_ascii_lowercase().contains("django")),
            Requirements::SetupPy | Requirements::UvLock => false,
        };
        let is_wanted = mentions_django
            && root.join("manage.py").is_file()
            && !self.slot.is_on("DISABLE_COLLECTSTATIC");
        if !is_wanted {
            return;
        }
        let python = self.folder.environment().join("bin/python");
        let arguments = ["manage.py", "collectstatic", "--noinput"];
        if let Err(error) = self.step("collectstatic", &python, &arguments).await {
            self.log.line(&format!("WARNING: {error}"));
        }
    }

    async fn shell(&self, step: &'static str, command: Option<&str>) -> Result<(), BuildError> {
        let Some(command) = command.filter(|command| !command.trim().is_empty()) else {
            return Ok(());
        };
        self.step(step, Utf8Path::new("/bin/sh"), &["-c", command])
            .await
    }

    async fn step(
        &self,
        step: &'static str,
        executable: &Utf8Path,
        arguments: &[&str],
    ) -> Result<(), BuildError> {
        self.log.line(&format!("Running: {step}"));
        let program = Program {
            name: format!("build: {step}"),
            executable: executable.to_owned(),
            arguments: arguments.iter().map(ToString::to_string).collect(),
            environment: self.environment(),
            directory: self.folder.application(),
            account: None,
            stop: StopPlan::default(),
        };
        let records = self.cloud.sites.records(self.cloud);
        let spawn = |source| BuildError::Spawn { step, source };
        let mut child = Child::spawn(&program, self.log, &records).map_err(spawn)?;
        let exit = child.wait().await.map_err(spawn)?;
        if exit.is_success() {
            return Ok(());
        }
        Err(BuildError::Step {
            step,
            exit: exit.to_string(),
            last: last_words(&child.last_lines()),
        })
    }

    /// The app settings as they stand (a build sees no secret), the virtual environment, and what tools need to reach an index.
    fn environment(&self) -> BTreeMap<String, String> {
        let mut environment = tools::inherited();
        let settings = &self.slot.app_settings;
        environment.extend(
            settings
                .iter()
                .map(|(name, value)| (name.replace('.', "_"), value.clone())),
        );
        let root = self.folder.environment();
        let path = tools::search_path();
        let path: Vec<&str> = path.iter().map(|folder| folder.as_str()).collect();
        let fixed = [
            ("PATH", format!("{root}/bin:{}", path.join(":"))),
            ("VIRTUAL_ENV", root.into_string()),
            (
                "UV_CACHE_DIR",
                self.cloud.paths.cache.join("uv").into_string(),
            ),
            ("UV_PYTHON_DOWNLOADS", "never".to_owned()),
            ("UV_NO_PROGRESS", "1".to_owned()),
            ("NO_COLOR", "1".to_owned()),
        ];
        environment.extend(fixed.map(|(name, value)| (name.to_owned(), value)));
        environment
    }
}

/// What names the packages, by Oryx's order.
fn requirements(slot: &SlotRecord, root: &Utf8Path) -> Result<Requirements, BuildError> {
    let has = |name: &str| root.join(name).is_file();
    let custom = slot.setting("CUSTOM_REQUIREMENTSTXT_PATH");
    if let Some(path) = custom.filter(|path| !path.trim().is_empty()) {
        return match has(path) {
            true => Ok(Requirements::File(path.to_owned())),
            false => Err(BuildError::NoCustomRequirements(path.to_owned())),
        };
    }
    match () {
        () if has("requirements.txt") => Ok(Requirements::File("requirements.txt".to_owned())),
        () if has("setup.py") => Ok(Requirements::SetupPy),
        () if has("pyproject.toml") && has("uv.lock") => Ok(Requirements::UvLock),
        () if has("pyproject.toml") => Err(BuildError::Poetry),
        () => Err(BuildError::NoRequirements),
    }
}

/// The lines that say why: the last ones that are not empty.
fn last_words(lines: &[String]) -> String {
    let mut words: Vec<&str> = lines
        .iter()
        .rev()
        .map(|line| line.trim())
        .filter(|line| !line.is_empty())
        .take(3)
        .collect();
    words.reverse();
    words.join(" / ")
}
