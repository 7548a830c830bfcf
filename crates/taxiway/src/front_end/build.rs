//! The build itself: in a copy of the repository, which goes with it.
//!
//! Packages run scripts of strangers. They get a copy, and of the environment only what installing needs: no secret of a
//! deployment is among it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};
use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;
use taxiway_blueprint::{Frontend, PackageManager};
use taxiway_rollout::PackageFile;

use super::{Build, Built, is_left_behind, read_tree, write_tree};
use crate::failure::Failure;
use crate::surroundings;

/// How many lines of a failed build are shown: npm tells its reason first, and a bundler last.
const FIRST_LINES: usize = 6;
const LAST_LINES: usize = 12;

/// Builds, and says what differs afterwards.
pub(super) fn run(
    build: &Build<'_>,
    cache: &Utf8Path,
    tell: &dyn Fn(String),
) -> Result<Built, Failure> {
    let frontend = build.frontend;
    let failed =
        |error: io::Error| Failure::refused("the front end cannot be built").because(&error);
    let workshop = Workshop::open(cache).map_err(failed)?;
    write_tree(&workshop.tree(), build.input()).map_err(failed)?;
    workshop.bring_manager(frontend)?;
    for (command, folder) in [
        (
            frontend.install_command().to_owned(),
            &frontend.install_folder,
        ),
        (frontend.build_command(), &frontend.folder),
    ] {
        tell(command.clone());
        if let Err(reason) = workshop.call(&command, &workshop.tree().join(folder)) {
            return Err(not_built(frontend, &command, folder, reason));
        }
    }
    let after = read_tree(&workshop.tree()).map_err(failed)?;
    Ok(difference(build.input(), after))
}

fn not_built(
    frontend: &Frontend,
    command: &str,
    folder: &Utf8Path,
    reason: Vec<String>,
) -> Failure {
    Failure::refused(format!(
        "the front end is not built: `{command}` failed in `{folder}`"
    ))
    .details(reason)
    .next(
        "see for yourself",
        format!(
            "cd {} && {} && cd - && cd {} && {}",
            frontend.install_folder,
            frontend.install_command(),
            frontend.folder,
            frontend.build_command()
        ),
    )
    .next(
        "or take its output as it is committed",
        "[app] build-frontend = false in taxiway.toml",
    )
}

fn difference<'a>(before: impl Iterator<Item = &'a PackageFile>, after: Vec<PackageFile>) -> Built {
    let before: BTreeMap<&str, &[u8]> = before
        .filter(|file| !file.path.split('/').any(is_left_behind))
        .map(|file| (file.path.as_str(), file.content.as_slice()))
        .collect();
    let stays: BTreeSet<&str> = after.iter().map(|file| file.path.as_str()).collect();
    let removed = before
        .keys()
        .filter(|path| !stays.contains(*path))
        .map(|path| (*path).to_owned())
        .collect();
    let is_new =
        |file: &PackageFile| before.get(file.path.as_str()) != Some(&file.content.as_slice());
    Built {
        files: after.into_iter().filter(is_new).collect(),
        removed,
    }
}

/// A folder that exists while a front end is built.
struct Workshop {
    folder: Utf8PathBuf,
}

impl Workshop {
    /// Opens one, and clears away what killed builds left behind.
    fn open(cache: &Utf8Path) -> io::Result<Self> {
        use std::os::unix::fs::DirBuilderExt as _;
        let all = cache.join("front-end");
        fs::create_dir_all(&all)?;
        for left in all.read_dir_utf8()? {
            let left = left?;
            let owner = left.file_name().parse().map(Pid::from_raw);
            if owner.is_ok_and(|owner| kill(owner, None) == Err(Errno::ESRCH)) {
                fs::remove_dir_all(left.path())?;
            }
        }
        let folder = all.join(std::process::id().to_string());
        fs::DirBuilder::new().mode(0o700).create(&folder)?;
        let workshop = Self { folder };
        fs::create_dir(workshop.tree())?;
        fs::create_dir(workshop.programs())?;
        Ok(workshop)
    }

    fn tree(&self) -> Utf8PathBuf {
        self.folder.join("tree")
    }

    /// Package managers in the versions that the project names.
    fn programs(&self) -> Utf8PathBuf {
        self.folder.join("programs")
    }

    /// Makes sure that the package manager answers.
    fn bring_manager(&self, frontend: &Frontend) -> Result<(), Failure> {
        let program = frontend.manager.program();
        let by_corepack = matches!(
            frontend.manager,
            PackageManager::Pnpm | PackageManager::Yarn | PackageManager::YarnClassic
        );
        if by_corepack {
            let corepack = format!("corepack enable --install-directory {}", self.programs());
            // Without it, the one that is installed has to do.
            let _ = self.call(&corepack, &self.folder);
        }
        if self
            .call(&format!("{program} --version"), &self.folder)
            .is_ok()
        {
            return Ok(());
        }
        let node = frontend.node;
        let failure = Failure::lacking(format!(
            "the front end in `{}` is built with {program}, and this machine has none that works",
            frontend.folder
        ));
        let failure = match frontend.preparation() {
            Some(command) => failure
                .next(format!("get Node.js {node}"), format!("nvm install {node}"))
                .next(format!("and {program}"), command),
            None => failure.next(format!("get Node.js {node}"), format!("nvm install {node}")),
        };
        Err(failure.next("then", "taxiway up").next(
            "or take its output as it is committed",
            "[app] build-frontend = false in taxiway.toml",
        ))
    }

    /// Runs a command to its end, or says how it ended.
    #[expect(
        clippy::disallowed_methods,
        reason = "a build is waited for, before anything else has begun"
    )]
    fn call(&self, command: &str, folder: &Utf8Path) -> Result<(), Vec<String>> {
        let log = self.folder.join("log");
        let text = |error: io::Error| vec![error.to_string()];
        let output = File::create(&log).map_err(text)?;
        let mut words = command.split(' ');
        let path = surroundings::variable("PATH").unwrap_or_default();
        let status = Command::new(words.next().unwrap_or_default())
            .args(words)
            .current_dir(folder)
            .env_clear()
            .envs(surroundings::for_package_managers())
            .env("PATH", format!("{}:{path}", self.programs()))
            .env("CI", "true")
            .env("NO_COLOR", "1")
            .env("COREPACK_ENABLE_DOWNLOAD_PROMPT", "0")
            .stdin(Stdio::null())
            .stdout(output.try_clone().map_err(text)?)
            .stderr(output)
            .status()
            .map_err(text)?;
        if status.success() {
            return Ok(());
        }
        let said = fs::read(&log).map_err(text)?;
        let said = String::from_utf8_lossy(&said);
        let lines: Vec<&str> = said
            .lines()
            .map(str::trim_end)
            .filter(|line| !line.is_empty())
            .collect();
        let last = lines.len().saturating_sub(LAST_LINES).max(FIRST_LINES);
        let mut reason: Vec<String> = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            match index {
                FIRST_LINES if index < last => reason.push("…".to_owned()),
                _ if index < FIRST_LINES || index >= last => reason.push((*line).to_owned()),
                _ => {}
            }
        }
        reason.push(status.to_string());
        Err(reason)
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // What stays is cleared away by the next one.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
