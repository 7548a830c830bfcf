//! What reading any kind of web service has in common.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Place;

use crate::document::{
    Dependencies, EnvironmentVariable, Finding, Framework, FrameworkName, Server, Service, UNNAMED,
};
use crate::evidence::dockerfile::version_in;
use crate::evidence::{Origin, Survey};
use crate::manifest::installation::{self, Installation};
use crate::manifest::python_version;
use crate::python::{Evaluator, Value};
use crate::repository::{Repository, folder_of, shown};
use crate::{artifact, frontend, gunicorn, secret, start, system_package};

/// Everything that is known while one service is read.
pub(crate) struct Reading<'r> {
    pub(crate) repository: &'r Repository<'r>,
    pub(crate) root: &'r Utf8Path,
    pub(crate) app_dir: Utf8PathBuf,
    pub(crate) survey: Survey,
    pub(crate) installation: Installation,
    pub(crate) start: Option<start::Start>,
    /// Everything that starts a server, the chosen one included.
    pub(crate) starts: Vec<start::Start>,
    pub(crate) service: Service,
}

impl<'r> Reading<'r> {
    /// Reads what lies around a service; `others` are the folders of other services.
    pub(crate) fn new(
        repository: &'r Repository<'r>,
        root: &'r Utf8Path,
        app_dir: &Utf8Path,
        others: &[Utf8PathBuf],
    ) -> Self {
        let survey = Survey::new(repository, root, others);
        let installation = installation::read(repository, root, &survey);
        let folders = [app_dir.to_owned(), root.to_owned()];
        let start = start::find(repository, &survey, &folders);
        let starts = start::all(repository, &survey, &folders);
        Self {
            repository,
            root,
            app_dir: app_dir.to_owned(),
            survey,
            installation,
            start,
            starts,
            service: Service::default(),
        }
    }

    /// The same service, where what a command starts may also be imported from these folders.
    pub(crate) fn started_from(self, folders: &[Utf8PathBuf]) -> Self {
        Self {
            start: start::find(self.repository, &self.survey, folders),
            starts: start::all(self.repository, &self.survey, folders),
            ..self
        }
    }

    /// The same service, run from another folder.
    pub(crate) fn run_from(self, app_dir: &Utf8Path) -> Self {
        let folders = [app_dir.to_owned(), self.root.to_owned()];
        Self {
            start: start::find(self.repository, &self.survey, &folders),
            starts: start::all(self.repository, &self.survey, &folders),
            app_dir: app_dir.to_owned(),
            ..self
        }
    }

    /// Notes where a fact was seen.
    pub(crate) fn saw(&mut self, fact: &str, places: impl IntoIterator<Item = Place>) {
        let known = self.service.evidence.entry(fact.to_owned()).or_default();
        for place in places {
            if !known.contains(&place) {
                known.push(place);
            }
        }
        if known.is_empty() {
            self.service.evidence.remove(fact);
        }
    }

    /// Name and folders.
    pub(crate) fn identity(&mut self) {
        let folder = if self.app_dir.as_str().is_empty() {
            self.root
        } else {
            &self.app_dir
        };
        let name = crate::manifest::pyproject::Pyproject::read(
            self.repository,
            &self.root.join("pyproject.toml"),
        )
        .and_then(|file| file.name().map(str::to_owned))
        .or_else(|| folder.file_name().map(str::to_owned));
        self.service.name = name.unwrap_or_else(|| UNNAMED.to_owned());
        self.service.root = shown(self.root);
        self.service.app_dir = shown(&self.app_dir);
    }

    /// Framework, requirements and interpreter.
    pub(crate) fn dependencies(&mut self, framework: FrameworkName) {
        let installation = &self.installation;
        let manifests = installation.manifests.clone();
        self.service.dependencies = Dependencies {
            manager: installation.manager,
            manifests,
            lockfile: installation.lockfile.clone(),
            groups: installation.groups.clone(),
            distributions: installation.distributions.clone(),
        };
        let places = installation.places.clone();
        self.saw("dependencies", places);
        let declared = self
            .service
            .distribution(distribution_of(framework))
            .cloned();
        let version = declared.as_ref().and_then(|declared| {
            declared
                .version
                .as_deref()
                .and_then(version_in)
                .or_else(|| crate::requirement::minor_version(&declared.specifier))
        });
        self.service.framework = Some(Framework {
            name: framework,
            version,
        });
        if let Some(declared) = declared {
            self.saw("framework", [declared.place]);
        }
        self.service.python = python_version::read(
            self.repository,
            self.root,
            &self.app_dir,
            &self.survey,
            &self.installation,
        );
        let places: Vec<Place> = self
            .service
            .python
            .declarations
            .iter()
            .filter(|declaration| {
                Some(declaration.place.path().to_owned()) == self.service.python.source
            })
            .map(|declaration| declaration.place.clone())
            .collect();
        self.saw("python", places);
    }

    /// Gives an evaluator the variables that the platform and the image set.
    pub(crate) fn set_environment(&self, evaluator: &mut Evaluator<'_>) {
        for variable in &self.survey.variables {
            let is_fixed = matches!(variable.origin, Origin::Platform | Origin::Image);
            let is_known = !variable.value.contains('$') && !variable.value.is_empty();
            if is_fixed && is_known && !secret::is_secret(&variable.name) {
                evaluator.set_environment(&variable.name, &variable.value);
            }
        }
    }

    /// The server, declared or not, and where it was seen.
    pub(crate) fn server(&mut self, name: String) {
        let declared = self.installation.installs(&name)
            || (name == "uwsgi" && self.installation.installs("pyuwsgi"))
            || (name == "uvicorn" && self.brings_uvicorn())
            || (name == "granian" && self.installation.installs("litestar-granian"));
        let place = self
            .service
            .distribution(&name)
            .map(|distribution| distribution.place.clone());
        let started_at = self.start.as_ref().map(|start| start.place.clone());
        self.saw("server", started_at.into_iter().chain(place));
        self.service.server = Some(Server { name, declared });
    }

    /// `fastapi[standard]` and FastAPI's own command bring uvicorn.
    pub(crate) fn brings_uvicorn(&self) -> bool {
        self.installation.distributions.iter().any(|distribution| {
            (matches!(distribution.name.as_str(), "fastapi" | "litestar")
                && distribution
                    .extras
                    .iter()
                    .any(|extra| matches!(extra.as_str(), "standard" | "all")))
                || matches!(distribution.name.as_str(), "fastapi-cli" | "uvicorn-worker")
        })
    }

    /// The port.
    pub(crate) fn port(&mut self) {
        let from_start = self.start.as_ref().and_then(|start| {
            let port = start.port.clone()?;
            Some((port, start.place.clone()))
        });
        if let Some((port, place)) = from_start.or_else(|| start::port_of_files(&self.survey)) {
            self.service.port = Some(port);
            self.saw("port", [place]);
        }
    }

    /// The variables that the settings read.
    pub(crate) fn environment(&mut self, evaluator: &Evaluator<'_>) {
        let mut found: BTreeMap<String, EnvironmentVariable> = BTreeMap::new();
        for read in &evaluator.reads {
            if matches!(&*read.name, "DJANGO_SETTINGS_MODULE") {
                continue;
            }
            let is_secret = secret::is_secret(&read.name)
                || (read.is_connection && is_database_name(&read.name));
            let default = read
                .default
                .as_ref()
                .and_then(Value::default)
                .filter(|_| !is_secret)
                .and_then(literal);
            let place = evaluator.place(read.spot);
            let entry = found
                .entry(read.name.to_string())
                .or_insert_with(|| EnvironmentVariable {
                    name: read.name.to_string(),
                    required: false,
                    default: None,
                    secret: is_secret,
                    places: Vec::new(),
                });
            entry.required |= read.required;
            entry.default = entry.default.take().or(default);
            if !entry.places.contains(&place) {
                entry.places.push(place);
            }
        }
        self.service.env = found.into_values().collect();
    }

    /// System packages, front end, deployment files and tests.
    pub(crate) fn surroundings(&mut self) {
        self.service.system_packages = system_package::read(
            &self.installation,
            &self.survey,
            &self.service.installed_apps,
        );
        let frontends = frontend::read(self.repository, self.root, &self.app_dir, &self.survey);
        if let Some(found) = frontends.into_iter().next() {
            self.saw("frontend", [found.place]);
            self.service.frontend = Some(found.frontend);
        }
        let named = self.start.as_ref().filter(|it| it.server == "gunicorn");
        self.service.server_configuration = gunicorn::read(
            self.repository,
            &[self.root.to_owned(), self.app_dir.clone()],
            named.and_then(|it| it.configuration.as_deref()),
        );
        self.saw_packages();
        self.service.artifacts = artifact::read(self.repository, self.root, &self.survey);
        self.saw_files();
        if let Some((tests, place)) =
            artifact::tests(self.repository, self.root, &self.survey, &self.installation)
        {
            self.service.tests = Some(tests);
            self.saw("tests", [place]);
        }
        let committed = artifact::committed_environment(self.repository, self.root);
        if !committed.is_empty() {
            self.service.security.push(Finding {
                id: "env-file-committed".to_owned(),
                places: committed,
            });
        }
    }
}

impl Reading<'_> {
    /// The files that are facts themselves, and what the folders follow from.
    fn saw_files(&mut self) {
        let artifacts = self.service.artifacts.clone();
        let integration = self.survey.integration.iter().map(|(_, file)| file.clone());
        let files: Vec<Place> = artifacts
            .dockerfile
            .into_iter()
            .chain(artifacts.compose)
            .chain(artifacts.procfile)
            .chain(integration)
            .map(|path| Place::new(path, 1))
            .collect();
        self.saw("artifacts", files);
        let manifests = self.installation.manifests.clone();
        let entry: Vec<Place> = ["entrypoint", "manage"]
            .iter()
            .filter_map(|fact| self.service.seen(fact).cloned())
            .collect();
        let deployed = self.service.artifacts.azure.as_ref();
        let root: Vec<Place> = deployed
            .map(|service| service.place.clone())
            .into_iter()
            .chain(manifests.iter().map(|path| Place::new(path, 1)))
            .take(1)
            .collect();
        self.saw(
            "root",
            root.into_iter()
                .chain(entry.clone())
                .take(1)
                .collect::<Vec<_>>(),
        );
        self.saw("app_dir", entry);
        for (fact, from) in [
            ("interface", "server"),
            ("interface", "entrypoint"),
            ("migrations", "manage"),
            ("migrations", "entrypoint"),
        ] {
            let is_known = match fact {
                "migrations" => self.service.migrations.is_some(),
                _ => self.service.interface.is_some(),
            };
            if is_known && self.service.seen(fact).is_none() {
                let place = self.service.seen(from).cloned();
                self.saw(fact, place);
            }
        }
        let names: Vec<(&str, Vec<String>)> = vec![
            (
                "email",
                self.service
                    .email
                    .iter()
                    .flat_map(|email| email.env.clone())
                    .collect(),
            ),
            (
                "database",
                self.service
                    .database
                    .iter()
                    .flat_map(|database| database.env.clone())
                    .collect(),
            ),
        ];
        for (fact, names) in names {
            let places: Vec<Place> = self
                .service
                .env
                .iter()
                .filter(|variable| names.contains(&variable.name))
                .filter_map(|variable| variable.places.first().cloned())
                .collect();
            if self.service.seen(fact).is_none() {
                self.saw(fact, places);
            }
        }
    }

    /// What needs packages of the operating system, and the image that installs some.
    fn saw_packages(&mut self) {
        if self.service.system_packages.is_empty() {
            return;
        }
        let image = self.survey.dockerfiles.first().and_then(|file| {
            let run = file.all("RUN").next()?;
            Some(crate::repository::at_line(&file.path, run.line))
        });
        let places: Vec<Place> = self
            .installation
            .distributions
            .iter()
            .filter(|own| system_package::needs_some(own))
            .map(|own| own.place.clone())
            .chain(image)
            .collect();
        self.saw("system_packages", places);
    }
}

fn is_database_name(name: &str) -> bool {
    name.ends_with("URL") || name.ends_with("URI") || name.ends_with("DSN")
}

/// A default as text, where it is a literal.
fn literal(value: &Value<'_>) -> Option<String> {
    match value {
        // An address with a password is nobody's business.
        Value::Text(text) if text.contains("://") && text.contains('@') => None,
        Value::Text(text) => Some(text.to_string()),
        Value::Int(number) => Some(number.to_string()),
        Value::Bool(value) => Some(if *value { "True" } else { "False" }.to_owned()),
        Value::Float(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The distribution that brings a framework.
const fn distribution_of(framework: FrameworkName) -> &'static str {
    match framework {
        FrameworkName::Django => "django",
        FrameworkName::Flask => "flask",
        FrameworkName::Fastapi => "fastapi",
        FrameworkName::Starlette => "starlette",
        FrameworkName::Litestar => "litestar",
        FrameworkName::Quart => "quart",
        FrameworkName::Pyramid => "pyramid",
        FrameworkName::Aiohttp => "aiohttp",
        FrameworkName::Sanic => "sanic",
        FrameworkName::Tornado => "tornado",
        FrameworkName::Streamlit => "streamlit",
        FrameworkName::Gradio => "gradio",
        FrameworkName::Dash => "dash",
    }
}

/// The nearest folder at or above a folder with a file that says what to install, or that `azure.yaml` deploys.
pub(crate) fn build_root(repository: &Repository<'_>, folder: &Utf8Path) -> Utf8PathBuf {
    let deployed = crate::evidence::azure::service_of(repository, folder)
        .map(|service| service.project)
        .filter(|project| !project.as_str().is_empty());
    let mut current = Some(folder);
    while let Some(path) = current {
        if installation::has_manifest(repository, path) || deployed.as_deref() == Some(path) {
            return path.to_owned();
        }
        current = path.parent();
    }
    // Without any, what a package is imported from: its parts are no services of their own.
    let mut above = folder;
    while !above.as_str().is_empty() && repository.is_file(&above.join("__init__.py")) {
        above = folder_of(above);
    }
    above.to_owned()
}
