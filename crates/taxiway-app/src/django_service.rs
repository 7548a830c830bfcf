//! A Django project as a service of the document.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Place;

use crate::django::{
    Project, Settings, backing, database, delivery, health, security, settings_module,
};
use crate::document::{
    Dependencies, Entrypoint, EnvironmentVariable, Finding, Framework, FrameworkName, Frontend,
    Interface, MigrationTool, Migrations, Server, Service, StaticFiles,
};
use crate::evidence::Survey;
use crate::evidence::dockerfile::version_in;
use crate::manifest::installation::{self, Installation};
use crate::manifest::python_version;
use crate::python::{Arena, Evaluator, Value};
use crate::repository::{Repository, shown};
use crate::{artifact, frontend, process, secret, start, system_package};

/// The services of the projects.
pub(crate) fn read(repository: &Repository<'_>, projects: &[Project]) -> Vec<Service> {
    let roots: Vec<Utf8PathBuf> = projects
        .iter()
        .map(|project| build_root(repository, &project.app_dir))
        .collect();
    projects
        .iter()
        .zip(&roots)
        .map(|(project, root)| {
            let others: Vec<Utf8PathBuf> = projects
                .iter()
                .map(|other| other.app_dir.clone())
                .filter(|other| *other != project.app_dir)
                .collect();
            Reading::new(repository, project, root, &others).service()
        })
        .collect()
}

/// Takes the front ends that no service delivers out of the services.
pub(crate) fn own_frontends(
    _repository: &Repository<'_>,
    services: &mut [Service],
) -> Vec<Frontend> {
    let mut own: Vec<Frontend> = Vec::new();
    for service in services {
        if let Some(frontend) = service.frontend.take_if(|frontend| !frontend.bundled)
            && !own.contains(&frontend)
        {
            own.push(frontend);
        }
    }
    own
}

/// The nearest folder at or above the app with a file that says what to install.
fn build_root(repository: &Repository<'_>, app_dir: &Utf8Path) -> Utf8PathBuf {
    let mut folder = Some(app_dir);
    while let Some(path) = folder {
        if installation::has_manifest(repository, path) {
            return path.to_owned();
        }
        folder = path.parent();
    }
    app_dir.to_owned()
}

/// Everything that is known while one project is read.
struct Reading<'r> {
    repository: &'r Repository<'r>,
    project: &'r Project,
    root: &'r Utf8Path,
    survey: Survey,
    installation: Installation,
    start: Option<start::Start>,
    service: Service,
}

impl<'r> Reading<'r> {
    fn new(
        repository: &'r Repository<'r>,
        project: &'r Project,
        root: &'r Utf8Path,
        others: &[Utf8PathBuf],
    ) -> Self {
        let survey = Survey::new(repository, root, others);
        let installation = installation::read(repository, root, &survey);
        let folders = [project.app_dir.clone(), root.to_owned()];
        let start = start::find(repository, &survey, &folders);
        Self {
            repository,
            project,
            root,
            survey,
            installation,
            start,
            service: Service::default(),
        }
    }

    fn service(mut self) -> Service {
        self.identity();
        self.dependencies();
        let entries = self.entry_modules();
        let choice = settings_module::choose(
            self.repository,
            self.project,
            self.root,
            &self.survey,
            &entries,
        );
        self.service.warnings.extend(choice.warnings.clone());
        self.service.settings_module.clone_from(&choice.module);
        self.saw("settings_module", choice.places.clone());
        let arena = Arena::default();
        let mut evaluator = Evaluator::new(self.repository, &arena, choice.search.clone());
        for variable in &self.survey.variables {
            let is_fixed = matches!(
                variable.origin,
                crate::evidence::Origin::Platform | crate::evidence::Origin::Image
            );
            if is_fixed
                && !variable.value.contains('$')
                && !variable.value.is_empty()
                && !secret::is_secret(&variable.name)
            {
                evaluator.set_environment(&variable.name, &variable.value);
            }
        }
        let module = choice
            .module
            .as_ref()
            .and_then(|module| evaluator.import(module));
        match module {
            Some(module) => {
                let settings = Settings::new(&evaluator, module);
                self.settings(&settings);
            }
            None => {
                self.service.warnings.push(
                    "no settings module was found: databases, caches and the like are not known"
                        .to_owned(),
                );
                self.entrypoint(None, None);
            }
        }
        self.worker_settings(&mut evaluator);
        self.environment(&evaluator);
        self.surroundings();
        self.service
    }

    fn saw(&mut self, fact: &str, places: impl IntoIterator<Item = Place>) {
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

    fn identity(&mut self) {
        let folder = if self.project.app_dir.as_str().is_empty() {
            self.root
        } else {
            &self.project.app_dir
        };
        let name = crate::manifest::pyproject::Pyproject::read(
            self.repository,
            &self.root.join("pyproject.toml"),
        )
        .and_then(|file| file.name().map(str::to_owned))
        .or_else(|| folder.file_name().map(str::to_owned));
        self.service.name = name.unwrap_or_else(|| "web".to_owned());
        self.service.root = shown(self.root);
        self.service.app_dir = shown(&self.project.app_dir);
        self.service.manage.clone_from(&self.project.manage);
        let manage = self
            .project
            .manage
            .iter()
            .map(|path| Place::new(path, 1))
            .collect::<Vec<_>>();
        self.saw("manage", manage);
    }

    fn dependencies(&mut self) {
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
        let django = self.service.distribution("django").cloned();
        let version = django.as_ref().and_then(|django| {
            django
                .version
                .as_deref()
                .and_then(version_in)
                .or_else(|| crate::requirement::minor_version(&django.specifier))
        });
        self.service.framework = Some(Framework {
            name: FrameworkName::Django,
            version,
        });
        self.service.migrations = Some(Migrations {
            tool: MigrationTool::Django,
        });
        if let Some(django) = django {
            self.saw("framework", [django.place]);
        }
        self.service.python = python_version::read(
            self.repository,
            self.root,
            &self.project.app_dir,
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

    /// The files that make the application object, the one that production starts first.
    fn entry_modules(&self) -> Vec<Utf8PathBuf> {
        let mut found: Vec<Utf8PathBuf> = Vec::new();
        if let Some(module) = self
            .start
            .as_ref()
            .and_then(|start| start.target.as_ref()?.module())
        {
            let relative = format!("{}.py", module.replace('.', "/"));
            for folder in [&self.project.app_dir, self.root] {
                let path = folder.join(&relative);
                if self.repository.is_file(&path) && !found.contains(&path) {
                    found.push(path);
                }
            }
        }
        for name in ["wsgi.py", "asgi.py"] {
            let below = self.repository.below(&self.project.app_dir).filter(|file| {
                file.file_name() == Some(name)
                    && !crate::evidence::survey::is_vendored(file)
                    && !crate::django::project::is_decoy(file)
                    && file.components().count() <= self.project.app_dir.components().count() + 4
            });
            for file in below {
                let is_django = self
                    .repository
                    .text(file)
                    .is_some_and(|text| text.contains("_application"));
                if is_django && !found.iter().any(|known| known == file) {
                    found.push(file.to_owned());
                }
            }
        }
        found
    }

    fn settings(&mut self, settings: &Settings<'_, '_>) {
        self.service.middleware = certain(settings, "MIDDLEWARE");
        self.service.installed_apps = settings
            .texts("INSTALLED_APPS")
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect();
        let wsgi =
            settings_module::application(settings.get("WSGI_APPLICATION")).map(str::to_owned);
        let asgi =
            settings_module::application(settings.get("ASGI_APPLICATION")).map(str::to_owned);
        for name in ["WSGI_APPLICATION", "ASGI_APPLICATION"] {
            self.saw("entrypoint", settings.places(name));
        }
        self.entrypoint(wsgi, asgi);
        self.service.database = database::read(settings, &self.survey, &self.installation);
        self.saw("database", settings.places("DATABASES"));
        self.service.backing = backing::read(settings, &self.survey, &self.installation);
        let static_files = delivery::static_files(settings, &self.survey);
        self.service.static_files =
            (static_files != StaticFiles::default()).then_some(static_files);
        for name in ["STATIC_ROOT", "STATICFILES_STORAGE", "STORAGES"] {
            self.saw("static", settings.places(name));
        }
        self.service.media = delivery::media(settings);
        self.saw("media", settings.places("MEDIA_ROOT"));
        self.service.email = delivery::email(settings);
        for name in ["EMAIL_BACKEND", "EMAIL_HOST"] {
            self.saw("email", settings.places(name));
        }
        self.service.security = security::read(settings);
        let urls = settings
            .text("ROOT_URLCONF")
            .and_then(|module| settings.evaluator.find(module));
        let health = health::read(
            self.repository,
            &self.project.app_dir,
            urls.as_ref().map(|(path, _)| path.as_path()),
            &self.survey,
        );
        if let Some((path, place)) = health {
            self.service.health = Some(path);
            self.saw("health", [place]);
        }
    }

    /// Entry point, interface, server and port.
    fn entrypoint(&mut self, wsgi: Option<String>, asgi: Option<String>) {
        let declared = start::declared_server(&self.installation);
        let started = self.start.clone();
        let server = started
            .as_ref()
            .map(|start| start.server.clone())
            .or_else(|| declared.map(|(name, _)| name.to_owned()));
        if let Some(name) = server {
            let declared = self.installation.installs(&name)
                || (name == "uwsgi" && self.installation.installs("pyuwsgi"));
            let place = self
                .service
                .distribution(&name)
                .map(|distribution| distribution.place.clone());
            let started_at = started.as_ref().map(|start| start.place.clone());
            self.saw("server", started_at.into_iter().chain(place));
            self.service.server = Some(Server { name, declared });
        }
        let has_channels = self
            .service
            .installed_apps
            .iter()
            .any(|app| app == "channels" || app == "daphne");
        let interface = match (&started, declared) {
            (Some(start), _) => start.interface,
            (None, Some((_, Interface::Asgi))) => Interface::Asgi,
            (None, _) if asgi.is_some() && has_channels => Interface::Asgi,
            (None, _) => Interface::Wsgi,
        };
        self.service.interface = Some(interface);
        if let Some(target) = started.as_ref().and_then(|start| start.target.clone()) {
            let place = started.as_ref().map(|start| start.place.clone());
            self.service.evidence.remove("entrypoint");
            self.saw("entrypoint", place.clone());
            self.saw("interface", place);
            self.service.entrypoint = Some(target);
        } else {
            let named = match interface {
                Interface::Asgi => asgi.or(None),
                _ => wsgi.or(None),
            };
            self.service.entrypoint = named
                .and_then(|path| {
                    let (module, attribute) = path.rsplit_once('.')?;
                    Some(Entrypoint::callable(module, attribute))
                })
                .filter(|entry| self.is_there(entry))
                .or_else(|| self.by_file(interface));
        }
        self.port();
    }

    fn port(&mut self) {
        let from_start = self.start.as_ref().and_then(|start| {
            let port = start.port.clone()?;
            Some((port, start.place.clone()))
        });
        if let Some((port, place)) = from_start.or_else(|| start::port_of_files(&self.survey)) {
            self.service.port = Some(port);
            self.saw("port", [place]);
        }
    }

    fn is_there(&self, entry: &Entrypoint) -> bool {
        let folders = [self.project.app_dir.clone(), self.root.to_owned()];
        entry
            .module()
            .is_some_and(|module| start::is_importable(self.repository, module, &folders))
    }

    /// The application object by the name of its file.
    fn by_file(&mut self, interface: Interface) -> Option<Entrypoint> {
        let wanted = match interface {
            Interface::Asgi => "asgi.py",
            Interface::Wsgi | Interface::Other => "wsgi.py",
        };
        let entries = self.entry_modules();
        let file = entries
            .iter()
            .find(|file| file.file_name() == Some(wanted))
            .or_else(|| entries.first())?;
        let relative = file.strip_prefix(&self.project.app_dir).unwrap_or(file);
        let module = relative.as_str().trim_end_matches(".py").replace('/', ".");
        self.saw("entrypoint", [Place::new(file, 1)]);
        Some(Entrypoint::callable(module, "application"))
    }

    fn processes(&mut self) {
        self.service.processes = process::read(
            self.repository,
            &self.project.app_dir,
            &self.survey,
            &self.installation,
            &self.service.installed_apps,
        );
    }

    /// Workers may use settings of their own: the module that makes their application says so.
    fn worker_settings(&mut self, evaluator: &mut Evaluator<'_>) {
        self.processes();
        let apps: Vec<String> = self
            .service
            .processes
            .iter()
            .filter_map(|process| process.app.clone())
            .collect();
        let mut seen: BTreeSet<String> = self.service.settings_module.iter().cloned().collect();
        for app in apps {
            let module = app.split(':').next().unwrap_or(&app).to_owned();
            evaluator.environment.remove("DJANGO_SETTINGS_MODULE");
            for name in [format!("{module}.celery"), module] {
                if evaluator.find(&name).is_some() {
                    evaluator.import(&name);
                }
            }
            let settings = evaluator
                .environment
                .get("DJANGO_SETTINGS_MODULE")
                .and_then(|value| value.default()?.as_text().map(str::to_owned));
            let Some(settings) =
                settings.filter(|settings| !settings_module::is_for_development(settings))
            else {
                continue;
            };
            // A module that production's settings already load adds nothing.
            if !seen.insert(settings.clone())
                || evaluator.is_loaded(&settings) && !self.adds(evaluator, &settings)
            {
                continue;
            }
            if let Some(module) = evaluator.import(&settings) {
                let own = Settings::new(evaluator, module);
                for backing in backing::read(&own, &self.survey, &self.installation) {
                    self.add_backing(backing);
                }
            }
        }
    }

    /// Whether a settings module builds upon the one of the web process.
    fn adds(&self, evaluator: &Evaluator<'_>, module: &str) -> bool {
        let Some(main) = &self.service.settings_module else {
            return true;
        };
        evaluator
            .find(module)
            .and_then(|(path, _)| self.repository.text(&path))
            .is_some_and(|text| text.contains(&format!("from {main} import *")))
    }

    fn add_backing(&mut self, backing: crate::document::Backing) {
        match self
            .service
            .backing
            .iter_mut()
            .find(|known| known.kind == backing.kind)
        {
            Some(known) => {
                known.required |= backing.required;
                for role in backing.roles {
                    if !known.roles.contains(&role) {
                        known.roles.push(role);
                    }
                }
                for name in backing.env {
                    if !known.env.contains(&name) {
                        known.env.push(name);
                    }
                }
                for place in backing.places {
                    if !known.places.contains(&place) {
                        known.places.push(place);
                    }
                }
            }
            None => self.service.backing.push(backing),
        }
    }

    /// The variables that the settings read.
    fn environment(&mut self, evaluator: &Evaluator<'_>) {
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

    fn surroundings(&mut self) {
        self.service.system_packages = system_package::read(
            &self.installation,
            &self.survey,
            &self.service.installed_apps,
        );
        let frontends = frontend::read(
            self.repository,
            self.root,
            &self.project.app_dir,
            &self.survey,
        );
        if let Some(found) = frontends.into_iter().next() {
            self.saw("frontend", [found.place]);
            self.service.frontend = Some(found.frontend);
        }
        self.service.artifacts = artifact::read(&self.survey);
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

fn is_database_name(name: &str) -> bool {
    name.ends_with("URL") || name.ends_with("URI") || name.ends_with("DSN")
}

/// A list of texts, as far as it is certain.
fn certain(settings: &Settings<'_, '_>, name: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    settings
        .texts(name)
        .into_iter()
        .filter(|(text, is_certain)| *is_certain && seen.insert(*text))
        .map(|(text, _)| text.to_owned())
        .collect()
}

/// A default as text, where it is a literal.
fn literal(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.to_string()),
        Value::Int(number) => Some(number.to_string()),
        Value::Bool(value) => Some(if *value { "True" } else { "False" }.to_owned()),
        Value::Float(number) => Some(number.to_string()),
        _ => None,
    }
}
