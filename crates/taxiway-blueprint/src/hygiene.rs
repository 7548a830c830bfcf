//! Dependabot, code owners, the form of pull requests, and the rules of the branch that is deployed.

use taxiway_app::{Manager, Service};
use taxiway_diagnostics::Sources;
use taxiway_platform::{Container, Platform};

use crate::infrastructure::Site;
use crate::workflows::{PASSED, file};
use crate::yaml::Map;
use crate::{GeneratedFile, Handwritten, relative};

pub(crate) fn files(
    sources: &dyn Sources,
    sites: &[Site<'_>],
    platform: &Platform,
) -> Vec<GeneratedFile> {
    let mut files = vec![file(".github/dependabot.yml", &dependabot(sources, sites))];
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
    if !has_pull_request_form(sources) {
        let has_database = platform.services().any(|it| it.service.has_database);
        let form = if has_database {
            PULL_REQUEST.to_owned()
        } else {
            PULL_REQUEST.replace(MIGRATIONS, "")
        };
        files.push(GeneratedFile::new(".github/pull_request_template.md", form));
    }
    files.push(GeneratedFile::new(
        ".github/rulesets/deployed-branch.json",
        ruleset(platform, !owners.is_empty()),
    ));
    files
}

/// What whoever reviews wants to know, and whoever writes forgets.
const PULL_REQUEST: &str = "\
## What changes, and why

## How it was tried

## Before it is merged

- [ ] Migrations work while the release before still runs (add first; remove in a later release).
- [ ] New variables are in `.env.example` and, where needed, in every environment (`taxiway doctor github`).
- [ ] Going back to the release before would be safe, or the text above says why not.
";

/// What it asks where there is a database.
const MIGRATIONS: &str = "- [ ] Migrations work while the release before still runs (add first; remove in a later release).\n";

/// GitHub takes the form from several places, in any spelling. Source: GitHub, creating a pull request template.
fn has_pull_request_form(sources: &dyn Sources) -> bool {
    Handwritten::new(sources).files().iter().any(|path| {
        let path = path.as_str().to_lowercase();
        let path = [".github/", "docs/"]
            .iter()
            .find_map(|folder| path.strip_prefix(folder))
            .unwrap_or(&path);
        path.starts_with("pull_request_template.") || path.starts_with("pull_request_template/")
    })
}

/// As `gh api --method POST repos/OWNER/NAME/rulesets --input FILE` takes it. Source: GitHub, REST API, repository rules.
fn ruleset(platform: &Platform, has_owners: bool) -> String {
    let rules = serde_json::json!({
        "name": "The branch that is deployed",
        "target": "branch",
        "enforcement": "active",
        "conditions": {
            "ref_name": {
                "include": [format!("refs/heads/{}", platform.delivery.branch)],
                "exclude": [],
            },
        },
        "rules": [
            { "type": "deletion" },
            { "type": "non_fast_forward" },
            {
                "type": "pull_request",
                "parameters": {
                    "required_approving_review_count": 1,
                    "dismiss_stale_reviews_on_push": true,
                    "require_code_owner_review": has_owners,
                    "require_last_push_approval": true,
                    "required_review_thread_resolution": true,
                },
            },
            {
                "type": "required_status_checks",
                "parameters": {
                    "strict_required_status_checks_policy": true,
                    "required_status_checks": [{ "context": PASSED }],
                },
            },
        ],
        "bypass_actors": [],
    });
    let mut text = serde_json::to_string_pretty(&rules).expect("its keys are texts");
    text.push('\n');
    text
}

fn dependabot(sources: &dyn Sources, sites: &[Site<'_>]) -> Map {
    let mut updates = vec![update("github-actions", "/")];
    for site in sites {
        updates.extend(updates_of(sources, site.service, site.platform));
    }
    Map::new().with("version", 2_u32).with("updates", updates)
}

/// What a service installs.
fn updates_of(sources: &dyn Sources, service: &Service, platform: &Platform) -> Vec<Map> {
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
    let mut updates = vec![update(python, &folder)];
    if let Some(frontend) = &service.frontend {
        // It reads the locks of Yarn, pnpm and npm alike.
        let ecosystem = match frontend.package_manager.as_deref() {
            Some("bun") => "bun",
            _ => "npm",
        };
        let folder = frontend.dir.as_str().trim_start_matches('.');
        updates.push(update(ecosystem, &format!("/{folder}")));
    }
    let has_dockerfile = handwritten.is_file(&relative::join(&service.root, "Dockerfile"));
    if has_dockerfile || platform.delivery.container == Container::Docker {
        updates.push(update("docker", &folder));
    }
    updates
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
