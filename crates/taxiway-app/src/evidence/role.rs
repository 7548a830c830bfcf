//! What a file is for, by its name and place.

use camino::Utf8Path;

use super::Dockerfile;
use crate::repository::{Repository, folder_of, name_of, parts_of};

/// Whether a path is somebody else's code.
pub(crate) fn is_vendored(path: &Utf8Path) -> bool {
    parts_of(path).any(|part| {
        matches!(
            part,
            "node_modules"
                | "site-packages"
                | ".venv"
                | "venv"
                | "vendor"
                | "third_party"
                | "bower_components"
                | ".git"
                | ".tox"
        )
    })
}

/// Whether a path says that it is for development.
pub(crate) fn is_development_path(path: &Utf8Path) -> bool {
    const PARTS: [&str; 17] = [
        "dev",
        "devel",
        "develop",
        "development",
        "devcontainer",
        "test",
        "tests",
        "testing",
        "local",
        "ci",
        "docs",
        "override",
        "debug",
        "e2e",
        "example",
        "examples",
        "vagrant",
    ];
    path.as_str()
        .to_lowercase()
        .split(|character: char| !character.is_ascii_alphanumeric())
        .any(|part| PARTS.contains(&part))
}

/// Whether a folder is one of a tool, such as `.devcontainer`.
pub(super) fn is_hidden(folder: &Utf8Path) -> bool {
    parts_of(folder).any(|part| part.starts_with('.'))
}

pub(super) fn is_dockerfile(lower: &str) -> bool {
    lower == "dockerfile"
        || lower == "containerfile"
        || lower.ends_with(".dockerfile")
        || (lower.starts_with("dockerfile.") && !lower.ends_with(".dockerignore"))
        || lower.starts_with("dockerfile-")
}

pub(crate) fn is_compose(lower: &str) -> bool {
    (lower.ends_with(".yml") || lower.ends_with(".yaml"))
        && (lower.starts_with("docker-compose")
            || lower.starts_with("compose.")
            || lower.starts_with("compose-")
            || lower == "compose.yml"
            || lower == "docker_compose.yml"
            || lower.ends_with("-compose.yml")
            || lower.ends_with("-compose.yaml"))
}

pub(super) fn is_script(repository: &Repository<'_>, file: &Utf8Path, name: &str) -> bool {
    let looks_like = matches!(
        name,
        "start"
            | "entrypoint"
            | "run"
            | "startup"
            | "boot"
            | "web"
            | "worker"
            | "start-celeryworker"
            | "start-celerybeat"
            | "start-flower"
            | "start-web"
            | "post_compile"
            | "release"
    ) || name.starts_with("start-")
        || name.starts_with("start_")
        || name.starts_with("entrypoint");
    looks_like
        && !name.contains('.')
        && repository.text(file).is_some_and(|text| {
            text.starts_with("#!") && text.lines().next().is_some_and(|line| line.contains("sh"))
        })
}

pub(super) fn is_supervisor(lower: &str, file: &Utf8Path) -> bool {
    (lower.contains("supervisor") && (lower.ends_with(".conf") || lower.ends_with(".ini")))
        || (file.as_str().contains("supervisor")
            && (lower.ends_with(".conf") || lower.ends_with(".ini")))
        || (lower.contains("uwsgi") && (lower.ends_with(".ini") || lower.ends_with(".conf")))
        || lower.ends_with(".service")
}

/// Whether a file is a configuration of supervisord under a name of its own.
pub(super) fn is_supervised(repository: &Repository<'_>, file: &Utf8Path, lower: &str) -> bool {
    lower.ends_with(".conf")
        && repository
            .text(file)
            .is_some_and(|text| text.len() < 64 << 10 && text.contains("[program:"))
}

pub(super) fn is_crontab(lower: &str, file: &Utf8Path) -> bool {
    matches!(lower, "crontab" | "crontab.txt" | "cron.txt")
        || lower.ends_with(".cron")
        || lower.ends_with(".crontab")
        || matches!(name_of(folder_of(file)), "cron.d" | "crontabs")
}

/// Whether a path is something the project shows rather than uses.
pub(crate) fn is_example_path(path: &Utf8Path) -> bool {
    parts_of(path).any(|part| {
        matches!(
            part,
            "extras" | "contrib" | "sample" | "samples" | "demo" | "demos" | "example" | "examples"
        )
    })
}

pub(super) fn is_platform(lower: &str, file: &Utf8Path) -> bool {
    let path = file.as_str();
    let is_one = matches!(
        lower,
        "fly.toml"
            | "render.yaml"
            | "render.yml"
            | "railway.json"
            | "railway.toml"
            | "nixpacks.toml"
            | "heroku.yml"
            | "app.yaml"
            | "app.json"
    ) || (path.starts_with(".do/")
        && (lower.ends_with(".yml") || lower.ends_with(".yaml")))
        || lower.ends_with(".bicep")
        || ((path.contains("k8s") || path.contains("kubernetes") || path.contains("manifests/"))
            && (lower.ends_with(".yml") || lower.ends_with(".yaml")));
    is_one && !is_development_path(folder_of(file))
}

pub(crate) fn integration_of(file: &Utf8Path) -> Option<&'static str> {
    let path = file.as_str();
    let is_yaml = path.ends_with(".yml") || path.ends_with(".yaml");
    if path.starts_with(".github/workflows/") && is_yaml {
        return Some("github-actions");
    }
    Some(match path {
        ".gitlab-ci.yml" => "gitlab",
        ".circleci/config.yml" => "circleci",
        "azure-pipelines.yml" | ".azure-pipelines.yml" | "azure-pipelines.yaml" => {
            "azure-pipelines"
        }
        ".travis.yml" => "travis",
        "bitbucket-pipelines.yml" => "bitbucket",
        "Jenkinsfile" => "jenkins",
        ".drone.yml" => "drone",
        "cloudbuild.yaml" | "cloudbuild.yml" => "cloudbuild",
        "appveyor.yml" | ".appveyor.yml" => "appveyor",
        ".woodpecker.yml" => "woodpecker",
        ".buildkite/pipeline.yml" => "buildkite",
        ".semaphore/semaphore.yml" => "semaphore",
        ".cirrus.yml" => "cirrus",
        _ if path.starts_with(".azuredevops/")
            || path.starts_with(".azdo/")
            || path.starts_with(".azure-pipelines/") =>
        {
            "azure-pipelines"
        }
        _ => return None,
    })
}

/// Whether an image holds Python code of the project.
pub(super) fn is_for_python(file: &Dockerfile) -> bool {
    file.stages.iter().any(|stage| {
        let base = stage.base.to_lowercase();
        base.contains("python")
            || base.contains("astral-sh/uv")
            || base.contains("conda")
            || base.contains("pypy")
            || base.contains("django")
            || base.contains("uvicorn-gunicorn")
            || stage.instructions.iter().any(|instruction| {
                instruction.keyword == "RUN"
                    && [
                        "pip install",
                        "pip3 install",
                        "manage.py",
                        "poetry install",
                        "uv sync",
                        "uv pip",
                        "pipenv install",
                        "pdm install",
                        "pdm sync",
                    ]
                    .iter()
                    .any(|needle| instruction.text.contains(needle))
            })
    })
}

/// How much an image looks like the production one.
pub(super) fn image_rank(file: &Dockerfile, root: &Utf8Path) -> i32 {
    let path = file.path.as_str().to_lowercase();
    let name = file.path.file_name().unwrap_or_default();
    let folder = file.path.parent().unwrap_or("".into());
    let mut rank = 0;
    if is_development_path(&file.path) {
        rank -= 100;
    }
    // What others contribute is often beside the service.
    if is_example_path(&file.path) {
        rank -= 30;
    }
    if [
        "celery", "worker", "beat", "flower", "postgres", "nginx", "migrat", "cron", "docs",
    ]
    .iter()
    .any(|part| path.contains(part))
    {
        rank -= 40;
    }
    if path.contains("prod") || path.contains("release") || path.contains("deploy") {
        rank += 20;
    }
    if path.contains("default")
        || path.contains("/web")
        || path.contains("/django")
        || path.contains("/app")
    {
        rank += 6;
    }
    if folder == root {
        rank += if root.as_str().is_empty() { 15 } else { 40 };
    } else if folder.as_str().is_empty() {
        rank += 12;
    }
    if name == "Dockerfile" {
        rank += 8;
    }
    if file.last("CMD").is_some() || file.last("ENTRYPOINT").is_some() {
        rank += 10;
    }
    rank - i32::try_from(file.path.components().count()).unwrap_or(0)
}

pub(super) fn compose_rank(path: &Utf8Path, root: &Utf8Path) -> (bool, bool, usize, usize) {
    let name = path.file_name().unwrap_or_default();
    let is_plain = matches!(
        name,
        "docker-compose.yml" | "docker-compose.yaml" | "compose.yml" | "compose.yaml"
    );
    let folder = path.parent().unwrap_or("".into());
    let depth = if folder == root {
        0
    } else {
        1 + path.components().count()
    };
    (is_development_path(path), !is_plain, depth, name.len())
}
