//! The stage that builds a front end: Node and what it installs stay in it.
//!
//! What it hands on is the whole tree without `node_modules`. A build may write to several folders, and may read templates and
//! code (class names, translations): it has to run again whenever those change, and only what it installs is kept.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_app::Service;
use taxiway_diagnostics::Sources;

use super::dockerfile::Instruction;
use super::{comment, copy, env, from, install};
use crate::{Handwritten, images, relative};

/// The stage's name.
pub(super) const STAGE: &str = "frontend";

/// Node's version where the project names none: the one with long-term support.
const NODE: u32 = 24;

/// Bun is no part of Node's image.
const BUN: &str = "bun@1.4.5";

/// Scripts that installing runs, and that may read anything.
const HOOKS: [&str; 4] = ["preinstall", "install", "postinstall", "prepare"];

/// A front end inside the folder that becomes the image.
#[derive(Debug)]
pub(super) struct Frontend {
    /// Where packages are installed, and the script is run, seen from the folder of the service.
    install_folder: Utf8PathBuf,
    folder: Utf8PathBuf,
    manager: Manager,
    is_locked: bool,
    script: String,
    node: u32,
    /// Files that installing reads; `None` where it may read anything.
    manifests: Option<Vec<&'static str>>,
    needs_git: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manager {
    Npm,
    /// Yarn 1, which is in Node's image.
    YarnClassic,
    Yarn,
    Pnpm,
    Bun,
}

impl Manager {
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

    const fn program(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::YarnClassic | Self::Yarn => "yarn",
            Self::Pnpm => "pnpm",
            Self::Bun => "bun",
        }
    }

    const fn cache(self) -> &'static str {
        match self {
            Self::Npm => "/root/.npm",
            Self::YarnClassic => "/usr/local/share/.cache/yarn",
            Self::Yarn => "/root/.yarn/berry/cache",
            Self::Pnpm => "/root/.local/share/pnpm/store",
            Self::Bun => "/root/.bun/install/cache",
        }
    }

    fn install(self, is_locked: bool) -> Vec<String> {
        let line = match (self, is_locked) {
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
        };
        let before = match self {
            Self::Npm | Self::YarnClassic => None,
            Self::Yarn | Self::Pnpm => Some("corepack enable".to_owned()),
            Self::Bun => Some(format!("npm install --global {BUN}")),
        };
        before.into_iter().chain([line.to_owned()]).collect()
    }
}

impl Frontend {
    /// The front end that the service serves, where it lies in the folder that becomes the image.
    pub(super) fn find(sources: &dyn Sources, service: &Service) -> Option<Self> {
        let handwritten = Handwritten::new(sources);
        let found = service.frontend.as_ref().filter(|found| found.bundled)?;
        let script = found.build.clone()?;
        if service.root != "." && !found.dir.starts_with(&service.root) {
            return None;
        }
        let folder = relative::below(&found.dir, &service.root);
        let text = |folder: &Utf8Path, name: &str| {
            let path = relative::join(&service.root, relative::join(folder, name).as_str());
            handwritten.read_text(&path).ok()
        };
        let package: serde_json::Value =
            serde_json::from_str(&text(&folder, "package.json")?).ok()?;
        let manager = match found.package_manager.as_deref() {
            Some("yarn") if is_classic(&package, text(&folder, ".yarnrc.yml").is_some()) => {
                Manager::YarnClassic
            }
            Some("yarn") => Manager::Yarn,
            Some("pnpm") => Manager::Pnpm,
            Some("bun") => Manager::Bun,
            _ => Manager::Npm,
        };
        // Members of a workspace are locked in a folder above.
        let mut ancestors = folder
            .ancestors()
            .map(|path| if path == "" { Utf8Path::new(".") } else { path });
        let locked_in = ancestors.find_map(|path| {
            let lock = manager
                .locks()
                .iter()
                .find_map(|name| text(path, name).map(|lock| (*name, lock)))?;
            Some((path.to_owned(), lock))
        });
        let is_hooked = HOOKS
            .iter()
            .any(|hook| package["scripts"].get(hook).is_some());
        let is_workspace = package.get("workspaces").is_some()
            || text(&folder, "pnpm-workspace.yaml").is_some()
            || locked_in.as_ref().is_some_and(|(path, _)| *path != folder);
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
        let lock = locked_in.as_ref().map(|(_, (_, lock))| lock.as_str());
        Some(Self {
            needs_git: lock.is_some_and(|lock| lock.contains("git+")),
            is_locked: locked_in.is_some(),
            install_folder: locked_in.map_or_else(|| folder.clone(), |(path, _)| path),
            node: node(&package, |name| {
                text(&folder, name).or_else(|| text(Utf8Path::new("."), name))
            }),
            folder,
            manager,
            script,
            manifests,
        })
    }

    /// The stage.
    pub(super) fn stage(&self) -> Vec<Instruction> {
        let node = images::node(self.node);
        let mut lines = Vec::new();
        if !node.is_pinned() {
            lines.push(comment(super::NOT_PINNED));
        }
        lines.push(from(node.reference(), STAGE));
        lines.push(env(&[
            ("CI", "true"),
            ("COREPACK_ENABLE_DOWNLOAD_PROMPT", "0"),
        ]));
        if self.needs_git {
            lines.extend(install(&["ca-certificates", "git"]));
        }
        lines.push(workdir(&self.install_folder));
        match &self.manifests {
            Some(names) => {
                lines.push(comment("Locked packages change less often than code: while they don't, their layer stays."));
                lines.push(copy(None, &self.seen_from_root(names), "./"));
                lines.push(self.install());
                lines.push(copy(None, ".", "/app"));
            }
            None => {
                lines.push(comment(
                    "Installing may run scripts of the project and read other parts of it.",
                ));
                lines.push(copy(None, ".", "/app"));
                lines.push(self.install());
            }
        }
        if self.folder != self.install_folder {
            lines.push(workdir(&self.folder));
        }
        lines.push(comment(
            "What it makes goes on to the next stage; what it was made with does not.",
        ));
        lines.push(Instruction::Run {
            mounts: Vec::new(),
            commands: vec![
                format!("{} run {}", self.manager.program(), self.script),
                "find /app -name node_modules -type d -prune -exec rm -rf {} +".to_owned(),
            ],
        });
        lines.push(Instruction::Blank);
        lines
    }

    fn seen_from_root(&self, names: &[&str]) -> String {
        let paths = names
            .iter()
            .map(|name| relative::join(&self.install_folder, name).into_string());
        paths.collect::<Vec<_>>().join(" ")
    }

    fn install(&self) -> Instruction {
        Instruction::Run {
            mounts: vec![format!("type=cache,target={}", self.manager.cache())],
            commands: self.manager.install(self.is_locked),
        }
    }
}

fn workdir(folder: &Utf8Path) -> Instruction {
    let path = if folder == "." {
        "/app".to_owned()
    } else {
        format!("/app/{folder}")
    };
    Instruction::Workdir(path)
}

/// Yarn 1 has no `.yarnrc.yml`. Source: Yarn, migration from 1.x.
fn is_classic(package: &serde_json::Value, has_yarnrc: bool) -> bool {
    match package["packageManager"].as_str() {
        Some(named) => named.starts_with("yarn@1"),
        None => !has_yarnrc,
    }
}

/// The major version that the project names, in a file or in its manifest.
fn node(package: &serde_json::Value, text: impl Fn(&str) -> Option<String>) -> u32 {
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
    use crate::containers::dockerfile::print;
    use taxiway_diagnostics::MemorySources;

    fn stage(root: &str, dir: &str, files: &[(&str, &str)]) -> Option<String> {
        let sources: MemorySources = files.iter().copied().collect();
        let manager = files.iter().find_map(|(path, _)| match *path {
            path if path.ends_with("yarn.lock") => Some("yarn"),
            path if path.ends_with("pnpm-lock.yaml") => Some("pnpm"),
            path if path.ends_with("bun.lock") => Some("bun"),
            _ => None,
        });
        let service = Service {
            root: root.into(),
            frontend: Some(taxiway_app::Frontend {
                dir: dir.into(),
                package_manager: manager.map(str::to_owned),
                build: Some("build".to_owned()),
                output: None,
                bundled: true,
            }),
            ..Service::default()
        };
        Some(print(&Frontend::find(&sources, &service)?.stage()))
    }

    #[test]
    fn what_is_locked_is_installed_before_the_code_comes() {
        let text = stage(
            ".",
            ".",
            &[
                ("package.json", "{}"),
                ("package-lock.json", "{}"),
                (".npmrc", ""),
            ],
        );
        insta::assert_snapshot!(text.unwrap());
    }

    #[test]
    fn a_member_of_a_workspace_is_installed_where_the_lock_is() {
        let text = stage(
            "backend",
            "backend/ui",
            &[
                ("backend/package.json", r#"{"workspaces": ["ui"]}"#),
                ("backend/yarn.lock", ""),
                (
                    "backend/ui/package.json",
                    r#"{"packageManager": "yarn@4.9.1"}"#,
                ),
            ],
        );
        insta::assert_snapshot!(text.unwrap());
    }

    #[test]
    fn a_front_end_beside_the_service_is_not_in_its_image() {
        let text = stage("backend", "frontend", &[("frontend/package.json", "{}")]);
        assert_eq!(text, None);
    }

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
