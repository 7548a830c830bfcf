//! Dependabot and code owners.

use taxiway_app::{Manager, Service};
use taxiway_diagnostics::Sources;
use taxiway_platform::{Container, Platform};

use crate::workflows::file;
use crate::yaml::Map;
use crate::{GeneratedFile, Handwritten, relative};

pub(crate) fn files(
    sources: &dyn Sources,
    service: &Service,
    platform: &Platform,
) -> Vec<GeneratedFile> {
    let mut files = vec![file(
        ".github/dependabot.yml",
        &dependabot(sources, service, platform),
    )];
    let owners: Vec<&str> = platform
        .delivery
        .code_owners
        .iter()
        .map(String::as_str)
        .collect();
    if !owners.is_empty() {
        files.push(GeneratedFile::new(
            ".github/CODEOWNERS",
            code_owners(&owners.join(" ")),
        ));
    }
    files
}

fn dependabot(sources: &dyn Sources, service: &Service, platform: &Platform) -> Map {
    let handwritten = Handwritten::new(sources);
    let folder = if service.root == "." {
        "/".to_owned()
    } else {
        format!("/{}", service.root)
    };
    let python = match service.dependencies.manager {
        Some(Manager::Uv) => "uv",
        _ => "pip",
    };
    let mut updates = vec![update("github-actions", "/"), update(python, &folder)];
    let has_dockerfile = handwritten.is_file(&relative::join(&service.root, "Dockerfile"));
    if has_dockerfile || platform.delivery.container == Container::Docker {
        updates.push(update("docker", &folder));
    }
    Map::new().with("version", 2_u32).with("updates", updates)
}

fn update(ecosystem: &str, directory: &str) -> Map {
    Map::new()
        .blank()
        .with("package-ecosystem", ecosystem)
        .with("directory", directory)
        .with("schedule", Map::new().with("interval", "weekly"))
        .comment("A release that was tampered with is usually found within days.")
        .with("cooldown", Map::new().with("default-days", 7_u32))
        .comment("One pull request for all that changes little.")
        .with(
            "groups",
            Map::new().with(
                "minor",
                Map::new().with("update-types", vec!["minor", "patch"]),
            ),
        )
}

/// What decides over production is reviewed by those who answer for it.
fn code_owners(owners: &str) -> String {
    let paths = ["/.github/", "/infrastructure/", "/taxiway.toml"];
    let width = paths
        .iter()
        .map(|path| path.len())
        .max()
        .unwrap_or_default();
    let mut text =
        String::from("# What decides over production is reviewed by those who answer for it.\n");
    for path in paths {
        text.extend([path, &" ".repeat(width - path.len() + 1), owners, "\n"]);
    }
    text
}
