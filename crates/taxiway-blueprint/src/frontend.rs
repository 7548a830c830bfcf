//! The build of a front end: which program installs and builds it, where, and with which Node.
//!
//! The image, the pipelines and `taxiway up` build it the same way. A build may write to several folders, and may read templates
//! and code (class names, translations): what it makes is whatever differs in the tree afterwards, without what was installed.

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;
use taxiway_app::Service;
use taxiway_diagnostics::Sources;
use taxiway_platform::WebService;

use crate::{Handwritten, relative};

/// Node's version where the project names none: the one with long-term support.
const NODE: u32 = 24;

/// Bun is no part of Node's image, nor of GitHub's runners.
const BUN: &str = "bun@1.4.5";

/// Scripts that installing runs, and that may read anything.
const HOOKS: [&str; 4] = ["preinstall", "install", "postinstall", "prepare"];

/// A front end that is built before its service is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frontend {
    /// Where packages are installed, relative to the repository.
    pub install_folder: Utf8PathBuf,
    /// Where the script is run, relative to the repository.
    pub folder: Utf8PathBuf,
    /// What installs and builds.
    pub manager: PackageManager,
    /// The lock, relative to the repository.
    pub lock: Option<Utf8PathBuf>,
    /// The name of the script.
    pub script: String,
    /// The major version of Node.
    pub node: u32,
    /// Files that installing reads; `None` where it may read anything.
    pub(crate) manifests: Option<Vec<&'static str>>,
    pub(crate) needs_git: bool,
}

/// What installs JavaScript's packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackageManager {
    /// npm, which comes with Node.
    Npm,
    /// Yarn 1, which is in Node's image and on GitHub's runners.
    YarnClassic,
    /// Yarn since 2, by Corepack.
    Yarn,
    /// pnpm, by Corepack.
    Pnpm,
    /// Bun.
    Bun,
}

impl PackageManager {
    const fn locks(self) -> &'static [&'static str] {
        match self {
            Self::Npm => &["package-lock.json", "npm-shrinkwrap.json"],
            Self::YarnClassic | Self::Yarn => &["yarn.lock"],
            Self::Pnpm => &["pnpm-lock.yaml"],
            Self::Bun => &["bun.lock", "bun.lockb"],
        }
    }

    /// What installing reads besides `package.json` and the lock.
    const fn settings(self) -> &'static [&'static str] {
        match self {
            Self::Npm => &[".npmrc"],
            Self::YarnClassic => &[".yarnrc", ".npmrc"],
            Self::Yarn => &[".yarnrc.yml", ".npmrc"],
            Self::Pnpm => &["pnpm-workspace.yaml", ".npmrc"],
            Self::Bun => &["bunfig.toml", ".npmrc"],
        }
    }

    /// The program that is called.
    pub const fn program(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::YarnClassic | Self::Yarn => "yarn",
            Self::Pnpm => "pnpm",
            Self::Bun => "bun",
        }
    }

    pub(crate) const fn cache(self) -> &'static str {
        match self {
            Self::Npm => "/root/.npm",
            Self::YarnClassic => "/usr/local/share/.cache/yarn",
            Self::Yarn => "/root/.yarn/berry/cache",
            Self::Pnpm => "/root/.local/share/pnpm/store",
            Self::Bun => "/root/.bun/install/cache",
        }
    }

    fn install(self, is_locked: bool) -> &'static str {
        match (self, is_locked) {
            (Self::Npm, true) => "npm ci --no-audit --no-fund",
            (Self::Npm, false) => "npm install --no-audit --no-fund",
            (Self::YarnClassic, true) => "yarn install --frozen-lockfile --non-interactive",
            (Self::YarnClassic, false) => "yarn install --non-interactive",
            (Self::Yarn, true) => "yarn install --immutable",
            (Self::Yarn, false) => "yarn install",
            (Self::Pnpm, true) => "pnpm install --frozen-lockfile",
            (Self::Pnpm, false) => "pnpm install",
            (Self::Bun, true) => "bun install --frozen-lockfile",
            (Self::Bun, false) => "bun install",
        }
    }

    /// What fails where a locked package of production has a known vulnerability that is high or critical.
    pub(crate) const fn audit(self) -> &'static str {
        match self {
            Self::Npm => "npm audit --package-lock-only --omit=dev --audit-level=high",
            // Its exit code has a bit for each severity; 8 is high. Source: Yarn 1, `yarn audit`.
            Self::YarnClassic => {
                "yarn audit --groups dependencies --level high || test \"$?\" -lt 8"
            }
            Self::Yarn => {
                "yarn npm audit --all --recursive --environment production --severity high"
            }
            Self::Pnpm => "pnpm audit --prod --audit-level high",
            Self::Bun => "bun audit --prod --audit-level=high",
        }
    }

    fn preparation(self) -> Option<String> {
        match self {
            Self::Npm | Self::YarnClassic => None,
            Self::Yarn | Self::Pnpm => Some("corepack enable".to_owned()),
            Self::Bun => Some(format!("npm install --global {BUN}")),
        }
    }
}

impl Frontend {
    /// The front end that is built for the service; `None` where there is none, or its output is taken as it is committed.
    ///
    /// `sources` is the repository as it is.
    pub fn find(sources: &dyn Sources, service: &Service, web: &WebService) -> Option<Self> {
        let whole = || Self::find_within(sources, service, Utf8Path::new("."));
        web.builds_frontend.then(whole).flatten()
    }

    /// The same where it and its lock lie in `boundary`, a folder of the repository.
    pub(crate) fn find_within(
        sources: &dyn Sources,
        service: &Service,
        boundary: &Utf8Path,
    ) -> Option<Self> {
        let handwritten = Handwritten::new(sources);
        let found = service.frontend.as_ref()?;
        let is_inside = |path: &Utf8Path| boundary == "." || path.starts_with(boundary);
        if !is_inside(&found.dir) {
            return None;
        }
        let script = found.build.clone()?;
        let folder = found.dir.clone();
        let text = |folder: &Utf8Path, name: &str| {
            handwritten.read_text(&relative::join(folder, name)).ok()
        };
        let package: Value = serde_json::from_str(&text(&folder, "package.json")?).ok()?;
        let manager = match found.package_manager.as_deref() {
            Some("yarn") if is_classic(&package, text(&folder, ".yarnrc.yml").is_some()) => {
                PackageManager::YarnClassic
            }
            Some("yarn") => PackageManager::Yarn,
            Some("pnpm") => PackageManager::Pnpm,
            Some("bun") => PackageManager::Bun,
            _ => PackageManager::Npm,
        };
        // Members of a workspace are locked in a folder above.
        let locked_in = folders_above(&folder)
            .filter(|path| is_inside(path))
            .find_map(|path| {
                let mut locks = manager.locks().iter();
                locks.find_map(|name| text(path, name).map(|lock| (path.to_owned(), *name, lock)))
            });
        let is_hooked = HOOKS
            .iter()
            .any(|hook| package["scripts"].get(hook).is_some());
        let is_workspace = package.get("workspaces").is_some()
            || text(&folder, "pnpm-workspace.yaml").is_some()
            || locked_in.as_ref().is_some_and(|(path, ..)| *path != folder);
        let manifests = (!is_hooked && !is_workspace).then(|| {
            let locks = manager.locks().iter();
            ["package.json"]
                .iter()
                .chain(locks)
                .chain(manager.settings())
                .copied()
                .filter(|name| text(&folder, name).is_some())
                .collect()
        });
        Some(Self {
            needs_git: locked_in
                .as_ref()
                .is_some_and(|(.., lock)| lock.contains("git+")),
            lock: locked_in
                .as_ref()
                .map(|(path, name, _)| relative::join(path, name)),
            install_folder: locked_in.map_or_else(|| folder.clone(), |(path, ..)| path),
            node: node(&package, |name| {
                text(&folder, name)
                    .or_else(|| text(&service.root, name))
                    .or_else(|| text(Utf8Path::new("."), name))
            }),
            folder,
            manager,
            script,
            manifests,
        })
    }

    /// What brings the package manager, where Node does not: to be run once.
    pub fn preparation(&self) -> Option<String> {
        self.manager.preparation()
    }

    /// What installs exactly what is locked, in [`Self::install_folder`]; where nothing is locked, what the manifest allows.
    pub fn install_command(&self) -> &'static str {
        self.manager.install(self.lock.is_some())
    }

    /// What builds, in [`Self::folder`].
    pub fn build_command(&self) -> String {
        format!("{} run {}", self.manager.program(), self.script)
    }
}

/// A folder of the repository and those around it, the repository's own (`.`) last.
fn folders_above(folder: &Utf8Path) -> impl Iterator<Item = &Utf8Path> {
    folder
        .ancestors()
        .map(|path| if path == "" { Utf8Path::new(".") } else { path })
}

/// Yarn 1 has no `.yarnrc.yml`. Source: Yarn, migration from 1.x.
fn is_classic(package: &Value, has_yarnrc: bool) -> bool {
    match package["packageManager"].as_str() {
        Some(named) => named.starts_with("yarn@1"),
        None => !has_yarnrc,
    }
}

/// The major version that the project names, in a file or in its manifest.
fn node(package: &Value, text: impl Fn(&str) -> Option<String>) -> u32 {
    let files = [".nvmrc", ".node-version"].into_iter().filter_map(&text);
    let named = [
        &package["engines"]["node"],
        &package["devEngines"]["runtime"]["version"],
    ];
    let exact = named
        .into_iter()
        .filter_map(|value| value.as_str())
        // "20 or newer" is no reason for an old one.
        .filter(|range| !range.contains('>') && !range.contains("||") && !range.contains('<'))
        .map(str::to_owned);
    files
        .chain(exact)
        .find_map(|version| {
            let digits: String = version
                .trim()
                .trim_start_matches(['v', '^', '~', '='])
                .chars()
                .take_while(char::is_ascii_digit)
                .collect();
            digits.parse().ok()
        })
        .unwrap_or(NODE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_node_is_the_one_that_is_named() {
        let cases = [
            (r#"{"engines": {"node": "^22.1.0"}}"#, "", 22),
            (r#"{"engines": {"node": ">=18"}}"#, "", NODE),
            (
                r#"{"devEngines": {"runtime": {"version": "20.x"}}}"#,
                "",
                20,
            ),
            ("{}", "v22.4.1\n", 22),
            ("{}", "lts/*\n", NODE),
        ];
        for (package, nvmrc, expected) in cases {
            let package = serde_json::from_str(package).unwrap();
            let found = node(&package, |name| {
                (name == ".nvmrc").then(|| nvmrc.to_owned())
            });
            assert_eq!(found, expected, "{package} {nvmrc}");
        }
    }
}
