//! The image: `Dockerfile`, `.dockerignore`, and `compose.yaml` for work on this machine.
//!
//! It installs and starts what App Service installs and starts: the same requirements, overlay and server configuration. A
//! Dockerfile of the project is never replaced; [`taxiway_platform::Container`] says whether one is written.

mod compose;
mod dockerfile;
mod frontend;
mod system_packages;

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_app::{FrameworkName, Service};
use taxiway_diagnostics::Sources;
use taxiway_platform::{Platform, StaticServing};

use crate::overlay::ServerFile;
use crate::requirements::FILE_NAME;
use crate::workflows::{file, manage};
use crate::{Frontend, GeneratedFile, Handwritten, images, relative};
use dockerfile::Instruction;
use system_packages::SystemPackages;

/// Where the packages are: apart from the code, so that a change of it leaves their layer alone.
const PACKAGES: &str = "/opt/venv";

/// What is said about an image that is named by its tag alone.
const NOT_PINNED: &str = "No digest is known for this version: pin it once you have pulled it.";

/// Nothing of a developer's machine, and nothing that serving does not need, goes into the image.
const IGNORED: [&str; 24] = [
    "# What serving does not need stays out, secrets above all.",
    ".git",
    ".github",
    ".taxiway",
    ".env",
    ".env.*",
    "**/.venv",
    "**/venv",
    "**/__pycache__",
    "**/*.py[cod]",
    "**/.pytest_cache",
    "**/.mypy_cache",
    "**/.ruff_cache",
    "**/node_modules",
    "**/*.sqlite3",
    "*.log",
    ".coverage",
    "htmlcov",
    "App_Data",
    "infrastructure",
    "taxiway.toml",
    "Dockerfile",
    ".dockerignore",
    "compose*.yaml",
];

/// The files, for a project that has no Dockerfile of its own.
pub(crate) fn files(
    sources: &dyn Sources,
    service: &Service,
    platform: &Platform,
    server_file: ServerFile,
) -> Vec<GeneratedFile> {
    let root = &platform.service.root;
    let mut files = vec![
        GeneratedFile::new(
            relative::join(root, "Dockerfile"),
            dockerfile::print(&image(sources, service, platform, server_file)),
        ),
        GeneratedFile::new(relative::join(root, ".dockerignore"), ignored(service)),
    ];
    if service.artifacts.compose.is_empty() {
        let path = relative::join(root, "compose.yaml");
        files.push(file(
            path.as_str(),
            &compose::document(service, platform, is_django(service)),
        ));
    }
    files
}

fn is_django(service: &Service) -> bool {
    let framework = service.framework.as_ref().map(|framework| framework.name);
    framework == Some(FrameworkName::Django)
}

fn ignored(service: &Service) -> String {
    let mut lines: Vec<String> = IGNORED.iter().map(|line| (*line).to_owned()).collect();
    let own = |path: Option<&Utf8PathBuf>| {
        path.map(|path| relative::below(path, &service.root))
            .filter(|path| path != "." && !path.starts_with(".."))
            .map(Utf8PathBuf::into_string)
    };
    // Uploads, and what the build collects anew.
    lines.extend(own(service
        .media
        .as_ref()
        .and_then(|media| media.root.as_ref())));
    lines.extend(own(service
        .static_files
        .as_ref()
        .and_then(|files| files.root.as_ref())));
    lines.push(String::new());
    lines.join("\n")
}

fn image(
    sources: &dyn Sources,
    service: &Service,
    platform: &Platform,
    server_file: ServerFile,
) -> Vec<Instruction> {
    let environments = &platform.environments;
    let production = platform
        .environment("production")
        .or_else(|| environments.first());
    let version = production.map_or("3.12", |environment| environment.python.version.as_str());
    let python = images::python(version);
    let requirements = Requirements::find(sources, service);
    let mut names = service.system_packages.clone();
    if requirements_build_psycopg2(service, version) {
        names.push("libpq".to_owned());
    }
    let mut packages = SystemPackages::of(&names);
    if requirements.need_git && !packages.build.contains(&"git") {
        packages.build.push("git");
    }
    let mut lines = vec![
        comment("syntax=docker/dockerfile:1"),
        comment(
            "The application as an image, with the requirements, settings and server that it is published with.",
        ),
        Instruction::Blank,
        from(images::uv().reference(), "uv"),
        Instruction::Blank,
    ];
    let frontend = Frontend::find_within(sources, service, &service.root)
        .filter(|_| platform.service.builds_frontend);
    let stage = |it| frontend::stage(it, &service.root);
    lines.extend(frontend.iter().flat_map(stage));
    if !python.is_pinned() {
        lines.push(comment(NOT_PINNED));
    }
    lines.push(from(python.reference(), "build"));
    let code = match frontend {
        Some(_) => copy(Some(frontend::STAGE), "/app", "/app"),
        None => copy(None, ".", "."),
    };
    lines.extend(build(service, platform, &requirements, &packages, &code));
    lines.push(Instruction::Blank);
    lines.push(from(python.reference(), "runtime"));
    lines.extend(runtime(service, platform, server_file, &packages));
    lines
}

/// Whether the binary distribution of psycopg2 is pinned to a version that has none for this Python.
fn requirements_build_psycopg2(service: &Service, python: &str) -> bool {
    let mut distributions = service.dependencies.distributions.iter();
    distributions.any(|it| {
        let pinned = it.version.as_deref();
        it.name == "psycopg2-binary"
            && pinned.is_some_and(|version| system_packages::builds_psycopg2(version, python))
    })
}

fn build(
    service: &Service,
    platform: &Platform,
    requirements: &Requirements,
    packages: &SystemPackages,
    code: &Instruction,
) -> Vec<Instruction> {
    let mut lines = vec![
        copy(Some("uv"), "/uv", "/usr/local/bin/uv"),
        env(&[
            ("UV_COMPILE_BYTECODE", "1"),
            ("UV_LINK_MODE", "copy"),
            ("UV_PYTHON_DOWNLOADS", "never"),
            ("VIRTUAL_ENV", PACKAGES),
            ("PATH", "/opt/venv/bin:$PATH"),
        ]),
        Instruction::Workdir("/app".to_owned()),
    ];
    lines.extend(install(&packages.build));
    if !packages.unknown.is_empty() {
        lines.push(comment(&format!(
            "This project may also need, under whatever name Debian gives it: {}.",
            packages.unknown.join(", ")
        )));
    }
    let mounts = vec!["type=cache,target=/root/.cache/uv".to_owned()];
    if requirements.need_source {
        lines.push(comment(
            "The requirements install a part of this repository, so it has to be there.",
        ));
        lines.push(code.clone());
    } else {
        if !matches!(lines.last(), Some(Instruction::Blank)) {
            lines.push(Instruction::Blank);
        }
        lines.push(comment(
            "Requirements change less often than code: while they don't, this layer stays.",
        ));
        lines.extend(requirements.copies());
    }
    lines.push(Instruction::Run {
        mounts,
        commands: vec![
            format!("uv venv {PACKAGES}"),
            format!("uv pip install --requirement {FILE_NAME}"),
        ],
    });
    if !requirements.need_source {
        lines.push(Instruction::Blank);
        lines.push(code.clone());
    }
    if is_django(service) && platform.service.static_files != StaticServing::None {
        lines.push(comment(
            "With placeholders for secrets and database: nothing of them stays.",
        ));
        lines.push(Instruction::Run {
            mounts: Vec::new(),
            commands: vec![format!(
                "TAXIWAY_BUILD=1 python {} collectstatic --noinput --settings=taxiway_runtime.settings",
                manage(service)
            )],
        });
    }
    lines
}

fn runtime(
    service: &Service,
    platform: &Platform,
    server_file: ServerFile,
    packages: &SystemPackages,
) -> Vec<Instruction> {
    let web = &platform.service;
    let port = web.port.to_string();
    let mut variables = vec![
        ("PATH", "/opt/venv/bin:$PATH"),
        ("PYTHONDONTWRITEBYTECODE", "1"),
        ("PYTHONUNBUFFERED", "1"),
        ("PORT", &port),
    ];
    if is_django(service) {
        variables.push(("DJANGO_SETTINGS_MODULE", "taxiway_runtime.settings"));
    }
    let mut lines = vec![env(&variables), Instruction::Workdir("/app".to_owned())];
    lines.extend(install(&packages.runtime));
    let folder = relative::below(&web.app_dir, &web.root);
    let mut command = vec![
        "gunicorn".to_owned(),
        "--config".to_owned(),
        server_file.name().to_owned(),
    ];
    if folder != "." {
        command.extend(["--chdir".to_owned(), folder.to_string()]);
    }
    command.push(web.entrypoint.to_string());
    lines.extend([
        copy(Some("build"), PACKAGES, PACKAGES),
        copy(Some("build"), "/app", "/app"),
        Instruction::Blank,
        comment("The files belong to root: what serves can't change what it serves. By number, which every platform can check."),
        Instruction::User("10001:10001"),
        Instruction::Expose(web.port),
        comment("An answer over HTTP, which a server that hangs does not give."),
        Instruction::Healthcheck {
            options: "--interval=30s --timeout=5s --start-period=30s --retries=3",
            command: vec![
                "python".to_owned(),
                "-c".to_owned(),
                "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz/live', timeout=4)".to_owned(),
            ],
        },
        Instruction::Command(command),
    ]);
    lines
}

/// Packages of the operating system, without what they merely recommend, and without the lists of all others.
fn install(packages: &[&str]) -> Vec<Instruction> {
    if packages.is_empty() {
        return Vec::new();
    }
    vec![
        Instruction::Blank,
        comment(
            "The base image's digest fixes the distribution; its versions get security fixes only.",
        ),
        comment("hadolint ignore=DL3008"),
        Instruction::Run {
            mounts: Vec::new(),
            commands: vec![
                "apt-get update".to_owned(),
                format!(
                    "apt-get install --yes --no-install-recommends {}",
                    packages.join(" ")
                ),
                "rm -rf /var/lib/apt/lists/*".to_owned(),
            ],
        },
        Instruction::Blank,
    ]
}

fn comment(text: &str) -> Instruction {
    Instruction::Comment(text.to_owned())
}

fn from(image: String, stage: &'static str) -> Instruction {
    Instruction::From { image, stage }
}

fn copy(from: Option<&'static str>, source: &str, target: &str) -> Instruction {
    Instruction::Copy {
        from,
        source: source.to_owned(),
        target: target.to_owned(),
    }
}

fn env(variables: &[(&str, &str)]) -> Instruction {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Instruction::Env(variables.iter().map(owned).collect())
}

/// The files that installing reads, as seen from the folder of the service.
#[derive(Debug, Default)]
struct Requirements {
    files: BTreeSet<Utf8PathBuf>,
    need_source: bool,
    need_git: bool,
}

impl Requirements {
    fn find(sources: &dyn Sources, service: &Service) -> Self {
        let handwritten = Handwritten::new(sources);
        let mut found = Self::default();
        found.files.insert(FILE_NAME.into());
        let text = crate::requirements::own(&handwritten, service).join("\n");
        found.follow(&handwritten, service, Utf8Path::new(""), &text);
        found
    }

    /// Copied rather than mounted: not every builder notices that a mounted file has changed.
    fn copies(&self) -> Vec<Instruction> {
        let mut folders: BTreeMap<&Utf8Path, Vec<&str>> = BTreeMap::new();
        for path in &self.files {
            let folder = path.parent().unwrap_or(Utf8Path::new(""));
            folders.entry(folder).or_default().push(path.as_str());
        }
        let into = |folder: &Utf8Path| match folder.as_str() {
            "" => "./".to_owned(),
            folder => format!("{folder}/"),
        };
        folders
            .iter()
            .map(|(folder, paths)| copy(None, &paths.join(" "), &into(folder)))
            .collect()
    }

    fn follow(&mut self, sources: &dyn Sources, service: &Service, folder: &Utf8Path, text: &str) {
        for line in text.lines().map(str::trim) {
            self.need_git |= line.contains("git+");
            let is_local = line.starts_with("-e ")
                || line.starts_with("--editable")
                || line.starts_with("./")
                || line.starts_with("file:")
                || line.contains("@ file:")
                || line == ".";
            self.need_source |= is_local && !line.contains("git+");
            let named = ["-r", "--requirement", "-c", "--constraint"]
                .iter()
                .find_map(|option| line.strip_prefix(option))
                .map(|rest| rest.trim_start_matches('=').trim());
            let Some(named) = named.filter(|named| !named.is_empty()) else {
                continue;
            };
            let path = normalised(&folder.join(named));
            if self.files.insert(path.clone())
                && let Ok(text) = sources.read_text(&relative::join(&service.root, path.as_str()))
            {
                let folder = path.parent().unwrap_or(Utf8Path::new(""));
                self.follow(sources, service, folder, &text);
            }
        }
    }
}

/// A path without `.` and `..`.
fn normalised(path: &Utf8Path) -> Utf8PathBuf {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.components() {
        match part.as_str() {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.iter().collect()
}
