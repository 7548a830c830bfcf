//! What the project's own team uses: how everything is installed for development, and which checks are configured.
//!
//! Only what the repository names is run. A tool that is configured, but that no manifest installs, is run at a fixed version.

mod coverage;

use std::collections::BTreeSet;

use camino::Utf8PathBuf;
use taxiway_app::{Manager, Service};
use taxiway_diagnostics::Sources;
use toml::{Table, Value};

use crate::relative;

/// What the team uses.
#[derive(Clone, Debug)]
pub(crate) struct Tooling {
    /// The script that installs everything that development needs into `.venv`.
    pub(crate) install: String,
    /// The files whose change makes a cache of packages stale.
    pub(crate) locked_by: Vec<String>,
    /// Linters, formatters, type checkers.
    pub(crate) checks: Vec<Check>,
    /// The tests.
    pub(crate) tests: Option<Check>,
    /// The script that reports how much of the code they reached, where that is measured.
    pub(crate) coverage: Option<String>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Check {
    /// What it is called: `Ruff`.
    pub(crate) name: &'static str,
    /// The command.
    pub(crate) command: String,
    /// Why it is run as it is, where that is not plain.
    pub(crate) note: Option<&'static str>,
}

// For tools that no manifest installs. Their own releases, of autumn 2026.
const PRE_COMMIT: &str = "pre-commit@4.7.0";
const RUFF: &str = "ruff@0.17.6";
const POETRY: &str = "poetry@2.5.1";
const PIPENV: &str = "pipenv@2026.10.3";
const PDM: &str = "pdm@2.29.4";

/// Why generated files are left out of linters.
const GENERATED: &str = "What Taxiway writes is checked by `taxiway generate --check`.";

/// Requirements files for development, as projects name them.
const REQUIREMENTS: [&str; 16] = [
    "requirements-dev.txt",
    "requirements-test.txt",
    "requirements-tests.txt",
    "requirements_dev.txt",
    "requirements_test.txt",
    "dev-requirements.txt",
    "dev_requirements.txt",
    "test-requirements.txt",
    "test_requirements.txt",
    "requirements.dev.txt",
    "requirements/dev.txt",
    "requirements/development.txt",
    "requirements/test.txt",
    "requirements/tests.txt",
    "requirements/testing.txt",
    "requirements/local.txt",
];

/// Names of groups and extras that hold what development needs.
const GROUPS: [&str; 7] = [
    "dev",
    "development",
    "test",
    "tests",
    "testing",
    "lint",
    "typing",
];

/// Reads what the team uses in the folder of the service.
pub(crate) fn read(sources: &dyn Sources, service: &Service) -> Tooling {
    let project = Project::read(sources, service);
    let (tests, coverage) = match project.tests(service) {
        Some(tests) => {
            let (tests, coverage) = project.measured(tests);
            (Some(tests), coverage)
        }
        None => (None, None),
    };
    Tooling {
        install: project.install(service),
        locked_by: project.locked_by(service),
        checks: project.checks(service),
        tests,
        coverage,
    }
}

/// The files that say so.
struct Project<'a> {
    sources: &'a dyn Sources,
    root: Utf8PathBuf,
    pyproject: Table,
    requirements: Vec<&'static str>,
    declared: BTreeSet<String>,
}

impl<'a> Project<'a> {
    fn read(sources: &'a dyn Sources, service: &Service) -> Self {
        let text = |name: &str| sources.read_text(&relative::join(&service.root, name)).ok();
        let pyproject: Table = text("pyproject.toml")
            .and_then(|text| text.parse().ok())
            .unwrap_or_default();
        let requirements: Vec<&str> = REQUIREMENTS
            .into_iter()
            .filter(|name| text(name).is_some())
            .collect();
        let mut declared: BTreeSet<String> = requirements
            .iter()
            .filter_map(|name| text(name))
            .flat_map(|text| text.lines().filter_map(name_of).collect::<Vec<_>>())
            .collect();
        declared.extend(of_pyproject(&pyproject));
        let pipfile: Table = text("Pipfile")
            .and_then(|text| text.parse().ok())
            .unwrap_or_default();
        declared.extend(keys(&pipfile, &["dev-packages"]));
        declared.extend(keys(&pipfile, &["packages"]));
        let production = &service.dependencies.distributions;
        declared.extend(
            production
                .iter()
                .map(|distribution| distribution.name.clone()),
        );
        Self {
            sources,
            root: service.root.clone(),
            pyproject,
            requirements,
            declared,
        }
    }

    fn text(&self, name: &str) -> Option<String> {
        self.sources
            .read_text(&relative::join(&self.root, name))
            .ok()
    }

    fn has(&self, name: &str) -> bool {
        self.sources.is_file(&relative::join(&self.root, name))
    }

    fn has_section(&self, file: &str, section: &str) -> bool {
        self.text(file)
            .is_some_and(|text| text.lines().any(|line| line.trim().starts_with(section)))
    }

    fn tool(&self, name: &str) -> Option<&Table> {
        self.pyproject.get("tool")?.get(name)?.as_table()
    }

    fn declares(&self, name: &str) -> bool {
        self.declared.contains(name)
    }

    // Installing

    fn install(&self, service: &Service) -> String {
        let locked = service.dependencies.lockfile.is_some();
        match service.dependencies.manager {
            Some(Manager::Uv) if locked => "uv sync --locked\n".to_owned(),
            Some(Manager::Uv) => "uv sync\n".to_owned(),
            Some(Manager::Poetry) => format!(
                "export POETRY_VIRTUALENVS_IN_PROJECT=true\nuvx {POETRY} install --no-interaction\n"
            ),
            Some(Manager::Pipenv) => {
                let command = if locked { "sync" } else { "install" };
                format!("export PIPENV_VENV_IN_PROJECT=1\nuvx {PIPENV} {command} --dev\n")
            }
            Some(Manager::Pdm) => format!("uvx {PDM} sync --dev\n"),
            Some(Manager::Pip | Manager::Conda) | None => self.install_by_pip(service),
        }
    }

    fn install_by_pip(&self, service: &Service) -> String {
        let mut arguments = Vec::new();
        let manifests = service.dependencies.manifests.iter();
        let production = manifests
            .map(|path| relative::below(path, &service.root))
            .find(|path| matches!(path.extension(), Some("txt" | "pip" | "in")));
        match production {
            Some(path) => arguments.push(format!("--requirement {path}")),
            None if self.pyproject.contains_key("project") => {
                let extras = self.groups(&["project", "optional-dependencies"]);
                // Without a build system it is no package: installing it would guess at one from the folders beside it.
                if self.pyproject.contains_key("build-system") {
                    let extras = if extras.is_empty() {
                        String::new()
                    } else {
                        format!("[{}]", extras.join(","))
                    };
                    arguments.push(format!("--editable '.{extras}'"));
                } else {
                    arguments.push("--requirement pyproject.toml".to_owned());
                    arguments.extend(extras.iter().map(|extra| format!("--extra {extra}")));
                }
            }
            None => arguments.push("--requirement requirements.taxiway.txt".to_owned()),
        }
        arguments.extend(
            self.requirements
                .iter()
                .map(|name| format!("--requirement {name}")),
        );
        let groups = self.groups(&["dependency-groups"]);
        arguments.extend(groups.iter().map(|group| format!("--group {group}")));
        format!("uv venv\nuv pip install {}\n", arguments.join(" "))
    }

    fn groups(&self, path: &[&str]) -> Vec<String> {
        let known = keys_as_written(&self.pyproject, path);
        known
            .into_iter()
            .filter(|group| GROUPS.contains(&group.as_str()))
            .collect()
    }

    fn locked_by(&self, service: &Service) -> Vec<String> {
        let mut files: BTreeSet<String> = BTreeSet::new();
        files.extend(
            service
                .dependencies
                .lockfile
                .iter()
                .map(ToString::to_string),
        );
        files.extend(
            service
                .dependencies
                .manifests
                .iter()
                .map(ToString::to_string),
        );
        let development = self.requirements.iter();
        files.extend(development.map(|name| relative::join(&self.root, name).into_string()));
        if files.is_empty() {
            files.insert(relative::join(&self.root, "requirements.taxiway.txt").into_string());
        }
        files.into_iter().collect()
    }

    // Checking

    fn checks(&self, service: &Service) -> Vec<Check> {
        let hooks = self.text(".pre-commit-config.yaml").unwrap_or_default();
        let mut checks = Vec::new();
        if !hooks.is_empty() {
            checks.push(Check {
                name: "Pre-commit hooks",
                command: format!(
                    "git ls-files -z -- ':!:.taxiway' ':!:**/taxiway_runtime/**' ':!:taxiway_runtime/**' ':!:infrastructure/bicep/**' |\n  xargs -0 uvx {PRE_COMMIT} run --show-diff-on-failure --files"
                ),
                note: Some(GENERATED),
            });
        }
        let is_new = |name: &str| !hooks.contains(name);
        let own = [
            self.ruff(service).filter(|_| is_new("ruff")),
            self.ruff_format().filter(|_| is_new("ruff")),
            self.black().filter(|_| is_new("black")),
            self.isort().filter(|_| is_new("isort")),
            self.flake8().filter(|_| is_new("flake8")),
            self.mypy().filter(|_| is_new("mypy")),
            self.pyright(),
        ];
        checks.extend(own.into_iter().flatten());
        checks
    }

    fn is_ruff_configured(&self) -> bool {
        self.tool("ruff").is_some() || self.has("ruff.toml") || self.has(".ruff.toml")
    }

    fn ruff_program(&self) -> String {
        if self.declares("ruff") {
            "ruff".to_owned()
        } else {
            format!("uvx {RUFF}")
        }
    }

    fn ruff(&self, _service: &Service) -> Option<Check> {
        (self.is_ruff_configured() || self.declares("ruff")).then(|| Check {
            name: "Ruff",
            command: format!("{} check --output-format github --extend-exclude .taxiway,taxiway_runtime,gunicorn.conf.py", self.ruff_program()),
            note: Some(GENERATED),
        })
    }

    /// The formatter is a choice of its own: a project with Ruff's linter may well use another one.
    fn ruff_format(&self) -> Option<Check> {
        let is_configured = self
            .tool("ruff")
            .is_some_and(|ruff| ruff.contains_key("format"))
            || ["ruff.toml", ".ruff.toml"]
                .iter()
                .any(|file| self.has_section(file, "[format]"));
        let is_run = [
            "Makefile",
            "justfile",
            "tox.ini",
            "noxfile.py",
            "package.json",
            "scripts/lint.sh",
            "scripts/format.sh",
        ]
        .iter()
        .any(|file| {
            self.text(file)
                .is_some_and(|text| text.contains("ruff format"))
        });
        (is_configured || is_run).then(|| Check {
            name: "Ruff's format",
            command: format!(
                "{} format --check --exclude .taxiway,taxiway_runtime,gunicorn.conf.py",
                self.ruff_program()
            ),
            note: Some(GENERATED),
        })
    }

    fn black(&self) -> Option<Check> {
        self.declares("black").then(|| Check {
            name: "Black",
            command: "black --check --extend-exclude '/(\\.taxiway|taxiway_runtime)/|gunicorn\\.conf\\.py' .".to_owned(),
            note: Some(GENERATED),
        })
    }

    fn isort(&self) -> Option<Check> {
        self.declares("isort").then(|| Check {
            name: "isort",
            command: "isort --check-only --extend-skip .taxiway --extend-skip taxiway_runtime --extend-skip gunicorn.conf.py .".to_owned(),
            note: Some(GENERATED),
        })
    }

    fn flake8(&self) -> Option<Check> {
        self.declares("flake8").then(|| Check {
            name: "Flake8",
            command: "flake8 --extend-exclude .taxiway,.venv,taxiway_runtime,gunicorn.conf.py"
                .to_owned(),
            note: Some(GENERATED),
        })
    }

    fn mypy(&self) -> Option<Check> {
        let configured = self.tool("mypy");
        let is_configured = configured.is_some()
            || self.has("mypy.ini")
            || self.has(".mypy.ini")
            || self.has_section("setup.cfg", "[mypy");
        let names_files = configured.is_some_and(|mypy| {
            ["files", "packages", "modules"]
                .iter()
                .any(|key| mypy.contains_key(*key))
        }) || ["mypy.ini", ".mypy.ini"]
            .iter()
            .any(|file| self.has_section(file, "files"));
        (self.declares("mypy") && is_configured).then(|| Check {
            name: "Types by mypy",
            command: if names_files {
                "mypy".to_owned()
            } else {
                "mypy --exclude '(^|/)(taxiway_runtime|\\.venv)/' .".to_owned()
            },
            note: None,
        })
    }

    fn pyright(&self) -> Option<Check> {
        let is_configured = self.tool("pyright").is_some() || self.has("pyrightconfig.json");
        (self.declares("pyright") && is_configured).then(|| Check {
            name: "Types by Pyright",
            command: "pyright".to_owned(),
            note: None,
        })
    }

    fn tests(&self, service: &Service) -> Option<Check> {
        let runner = service.tests.as_ref()?.runner.as_str();
        let manage = service
            .manage
            .as_ref()
            .map(|path| relative::below(path, &service.root));
        let (name, command) = match (runner, manage) {
            ("pytest", _) => ("pytest", "pytest".to_owned()),
            ("django", Some(manage)) => ("Django's tests", format!("python {manage} test")),
            ("unittest", _) => ("unittest", "python -m unittest discover".to_owned()),
            ("tox", _) => (
                "tox",
                if self.declares("tox") {
                    "tox".to_owned()
                } else {
                    "uvx tox".to_owned()
                },
            ),
            _ => return None,
        };
        Some(Check {
            name,
            command,
            note: None,
        })
    }
}

/// The distribution that a line of a requirements file names.
fn name_of(line: &str) -> Option<String> {
    let line = line.trim();
    if line.starts_with(['#', '-']) {
        return None;
    }
    let name: String = line
        .chars()
        .take_while(|character| character.is_ascii_alphanumeric() || "-_.".contains(*character))
        .collect();
    (!name.is_empty()).then(|| normalized(&name))
}

fn normalized(name: &str) -> String {
    name.to_lowercase().replace(['_', '.'], "-")
}

fn keys(table: &Table, path: &[&str]) -> Vec<String> {
    keys_as_written(table, path)
        .iter()
        .map(|key| normalized(key))
        .collect()
}

fn keys_as_written(table: &Table, path: &[&str]) -> Vec<String> {
    let found = path
        .iter()
        .try_fold(table, |table, key| table.get(*key)?.as_table());
    found
        .map(|table| table.keys().cloned().collect())
        .unwrap_or_default()
}

/// Everything that `pyproject.toml` lets a developer install, in the spelling of PEP 621, PEP 735, Poetry, uv and PDM.
fn of_pyproject(pyproject: &Table) -> Vec<String> {
    let mut names = keys(pyproject, &["tool", "poetry", "dependencies"]);
    names.extend(keys(pyproject, &["tool", "poetry", "dev-dependencies"]));
    for group in keys_as_written(pyproject, &["tool", "poetry", "group"]) {
        names.extend(keys(
            pyproject,
            &["tool", "poetry", "group", &group, "dependencies"],
        ));
    }
    let get = |path: &[&str]| {
        path.iter()
            .try_fold(Value::Table(pyproject.clone()), |value, key| {
                value.get(*key).cloned()
            })
    };
    let lists = [
        get(&["dependency-groups"]),
        get(&["project", "optional-dependencies"]),
        get(&["project", "dependencies"]),
        get(&["tool", "uv", "dev-dependencies"]),
        get(&["tool", "pdm", "dev-dependencies"]),
    ];
    for value in lists.into_iter().flatten() {
        texts(&value, &mut names);
    }
    names
}

/// The names in every list of requirements inside `value`.
fn texts(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::String(text) => names.extend(name_of(text)),
        Value::Array(items) => items.iter().for_each(|item| texts(item, names)),
        Value::Table(table) => table.values().for_each(|item| texts(item, names)),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {}
    }
}
