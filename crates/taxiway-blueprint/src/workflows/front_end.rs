//! The steps that build the front end, where the service serves one.

use super::actions::SETUP_NODE;
use super::step::{run, uses};
use crate::yaml::Map;
use crate::{Frontend, PackageManager};

/// Sets Node up, installs what is locked, and builds.
///
/// `folder` is the one that the job works in.
pub(super) fn steps(frontend: &Frontend, folder: &str) -> Vec<Map> {
    let mut steps = Vec::new();
    let by_corepack = matches!(
        frontend.manager,
        PackageManager::Pnpm | PackageManager::Yarn
    );
    if by_corepack {
        // Node's set-up asks it where its cache is.
        steps.extend(bring(frontend));
    }
    steps.push(node(frontend, |with| cache(frontend, with)));
    if !by_corepack {
        steps.extend(bring(frontend));
    }
    steps.push(in_folder(
        run(
            "Install the front end's packages",
            frontend.install_command(),
        ),
        frontend.install_folder.as_str(),
        folder,
    ));
    steps.push(in_folder(
        run("Build the front end", &frontend.build_command()),
        frontend.folder.as_str(),
        folder,
    ));
    steps
}

/// Looks what is locked for production up among the known vulnerabilities; `None` where nothing is locked.
pub(super) fn audit(frontend: &Frontend) -> Option<Vec<Map>> {
    frontend.lock.as_ref()?;
    let mut steps = vec![node(frontend, uncached)];
    steps.extend(bring(frontend));
    steps.push(in_folder(
        run(
            "No locked package of the front end has a known vulnerability",
            frontend.manager.audit(),
        ),
        frontend.install_folder.as_str(),
        ".",
    ));
    Some(steps)
}

/// What `taxiway up` needs to build it.
pub(super) fn tools(frontend: &Frontend) -> Vec<Map> {
    let mut steps = vec![node(frontend, uncached)];
    if frontend.manager == PackageManager::Bun {
        steps.extend(bring(frontend));
    }
    steps
}

/// What brings the package manager, where Node's set-up does not.
fn bring(frontend: &Frontend) -> Option<Map> {
    let step = Map::new().with("name", format!("Bring {}", frontend.manager.program()));
    let command = frontend.preparation()?;
    Some(if frontend.manager == PackageManager::Bun {
        let why = "zizmor: ignore[adhoc-packages] pinned; what it installs is locked";
        step.with_note("run", command, why)
    } else {
        step.with("run", command)
    })
}

fn node(frontend: &Frontend, cache: impl FnOnce(Map) -> Map) -> Map {
    let with = Map::new().with("node-version", frontend.node);
    uses("Set up Node", SETUP_NODE).with("with", cache(with))
}

/// Keeps what was downloaded for the same lock.
fn cache(frontend: &Frontend, with: Map) -> Map {
    match &frontend.lock {
        Some(lock) if frontend.manager != PackageManager::Bun => with
            .with("cache", frontend.manager.program())
            .with("cache-dependency-path", lock.as_str()),
        Some(_) | None => uncached(with),
    }
}

fn uncached(with: Map) -> Map {
    with.with("package-manager-cache", false)
}

fn in_folder(step: Map, folder: &str, usual: &str) -> Map {
    match folder {
        _ if folder == usual => step,
        "." => step.with("working-directory", "${{ github.workspace }}"),
        _ => step.with("working-directory", folder),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflows::step::{ORDER, job};
    use crate::yaml;

    fn printed(steps: Vec<Map>) -> String {
        let job = Map::new().with("job", job("Package", 5).with("steps", steps));
        yaml::print(&job.with_sorted_values(&ORDER))
    }

    fn frontend(manager: PackageManager, install_folder: &str, lock: Option<&str>) -> Frontend {
        Frontend {
            install_folder: install_folder.into(),
            folder: "web".into(),
            manager,
            lock: lock.map(Into::into),
            script: "build".to_owned(),
            node: 22,
            manifests: None,
            needs_git: false,
        }
    }

    #[test]
    fn what_is_locked_is_installed_and_its_downloads_are_kept() {
        let npm = frontend(PackageManager::Npm, "web", Some("web/package-lock.json"));
        insta::assert_snapshot!(printed(steps(&npm, ".")));
        insta::assert_snapshot!(printed(audit(&npm).unwrap()));
    }

    #[test]
    fn a_member_of_a_workspace_is_installed_above_the_folder_of_the_service() {
        let pnpm = frontend(PackageManager::Pnpm, ".", Some("pnpm-lock.yaml"));
        insta::assert_snapshot!(printed(steps(&pnpm, "web")));
    }

    #[test]
    fn bun_is_brought_and_nothing_that_it_downloaded_is_kept() {
        let bun = frontend(PackageManager::Bun, "web", None);
        insta::assert_snapshot!(printed(steps(&bun, ".")));
        insta::assert_snapshot!(printed(tools(&bun)));
        assert!(audit(&bun).is_none(), "nothing is locked");
    }
}
