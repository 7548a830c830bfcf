//! The stage that builds a front end: Node and what it installs stay in it.
//!
//! What it hands on is the whole tree without `node_modules`: it has to run again whenever any file changes, and only what it
//! installs is kept.

use camino::Utf8Path;

use super::dockerfile::Instruction;
use super::{comment, copy, env, from, install};
use crate::{Frontend, images, relative};

/// The stage's name.
pub(super) const STAGE: &str = "frontend";

/// The stage, in the image of the service in `root`.
pub(super) fn stage(frontend: &Frontend, root: &Utf8Path) -> Vec<Instruction> {
    let install_folder = relative::below(&frontend.install_folder, root);
    let folder = relative::below(&frontend.folder, root);
    let node = images::node(frontend.node);
    let mut lines = Vec::new();
    if !node.is_pinned() {
        lines.push(comment(super::NOT_PINNED));
    }
    lines.push(from(node.reference(), STAGE));
    lines.push(env(&[
        ("CI", "true"),
        ("COREPACK_ENABLE_DOWNLOAD_PROMPT", "0"),
    ]));
    if frontend.needs_git {
        lines.extend(install(&["ca-certificates", "git"]));
    }
    lines.push(workdir(&install_folder));
    match &frontend.manifests {
        Some(names) => {
            lines.push(comment(
                "Locked packages change less often than code: while they don't, their layer stays.",
            ));
            lines.push(copy(None, &seen_from_root(&install_folder, names), "./"));
            lines.push(installation(frontend));
            lines.push(copy(None, ".", "/app"));
        }
        None => {
            lines.push(comment(
                "Installing may run scripts of the project and read other parts of it.",
            ));
            lines.push(copy(None, ".", "/app"));
            lines.push(installation(frontend));
        }
    }
    if folder != install_folder {
        lines.push(workdir(&folder));
    }
    lines.push(comment(
        "What it makes goes on to the next stage; what it was made with does not.",
    ));
    lines.push(Instruction::Run {
        mounts: Vec::new(),
        commands: vec![
            frontend.build_command(),
            "find /app -name node_modules -type d -prune -exec rm -rf {} +".to_owned(),
        ],
    });
    lines.push(Instruction::Blank);
    lines
}

fn seen_from_root(folder: &Utf8Path, names: &[&str]) -> String {
    let paths = names
        .iter()
        .map(|name| relative::join(folder, name).into_string());
    paths.collect::<Vec<_>>().join(" ")
}

fn installation(frontend: &Frontend) -> Instruction {
    let commands = frontend.preparation().into_iter();
    Instruction::Run {
        mounts: vec![format!("type=cache,target={}", frontend.manager.cache())],
        commands: commands
            .chain([frontend.install_command().to_owned()])
            .collect(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::containers::dockerfile::print;
    use taxiway_app::Service;
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
        let found = Frontend::find_within(&sources, &service, &service.root)?;
        Some(print(&super::stage(&found, &service.root)))
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
}
