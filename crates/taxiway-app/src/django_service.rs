//! A Django project as a service of the document.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;
use taxiway_diagnostics::Place;

use crate::django::{
    Project, Settings, backing, database, delivery, health, project, security, settings_module,
};
use crate::document::{
    Entrypoint, FrameworkName, Frontend, Interface, MigrationTool, Migrations, Service, StaticFiles,
};
use crate::manifest::pyproject::Pyproject;
use crate::python::Evaluator;
use crate::reading::{Reading, build_root};
use crate::repository::{Repository, name_of, shown};
use crate::{process, start};

/// The services of the projects.
pub(crate) fn read(
    repository: &Repository<'_>,
    projects: &[Project],
    beside: &[Utf8PathBuf],
) -> Vec<Service> {
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
                .chain(beside.iter().cloned())
                .filter(|other| *other != project.app_dir)
                .collect();
            DjangoReading {
                base: Reading::new(repository, root, &project.app_dir, &others),
                project,
                search: Vec::new(),
                schedule: Vec::new(),
            }
            .service()
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

/// A Django project while it is read.
struct DjangoReading<'r> {
    base: Reading<'r>,
    project: &'r Project,
    /// The folders that it imports from.
    search: Vec<Utf8PathBuf>,
    /// Where the settings say what Celery does at which times.
    schedule: Vec<Place>,
}

impl DjangoReading<'_> {
    fn service(mut self) -> Service {
        self.base.identity();
        self.base.dependencies(FrameworkName::Django);
        self.base.service.migrations = Some(Migrations {
            tool: MigrationTool::Django,
        });
        self.base.service.manage.clone_from(&self.project.manage);
        let manage = self.project.manage.iter().map(|path| Place::new(path, 1));
        self.base.saw("manage", manage.collect::<Vec<_>>());
        let entries = self.entry_modules();
        let choice = settings_module::choose(
            self.base.repository,
            self.project,
            self.base.root,
            &self.base.survey,
            &entries,
        );
        self.search.clone_from(&choice.search);
        self.base.service.warnings.extend(choice.warnings.clone());
        self.base.service.settings_module.clone_from(&choice.module);
        self.base.saw("settings_module", choice.places.clone());
        self.base.because("settings_module", choice.because);
        for (module, because, place) in choice.rejected.clone() {
            self.base
                .reject("settings_module", module, because, Some(place));
        }
        let repository = self.base.repository;
        let mut evaluator = Evaluator::new(repository, choice.search.clone());
        evaluator.placed.clone_from(&choice.placed);
        self.base.set_environment(&mut evaluator);
        let module = choice.module.as_ref().and_then(|module| {
            evaluator.parse_ahead(module);
            evaluator.import(module)
        });
        match module {
            Some(module) => {
                evaluator.apply_configuration(module);
                let settings = Settings::new(&evaluator, module);
                self.settings(&settings);
            }
            None => {
                self.base.service.warnings.push(
                    "no settings module was found: databases, caches and the like are not known"
                        .to_owned(),
                );
                self.entrypoint(None, None);
            }
        }
        self.worker_settings(&mut evaluator);
        self.base.environment(&evaluator);
        self.base.surroundings();
        self.base.reasons(&[]);
        self.base.service
    }

    /// The files that make the application object, the one that production starts first.
    fn entry_modules(&self) -> Vec<Utf8PathBuf> {
        let mut found: Vec<Utf8PathBuf> = Vec::new();
        if let Some(module) = self
            .base
            .start
            .as_ref()
            .and_then(|start| start.target.as_ref()?.module())
        {
            let relative = format!("{}.py", module.replace('.', "/"));
            for folder in [&self.project.app_dir, self.base.root] {
                let path = folder.join(&relative);
                if self.base.repository.is_file(&path) && !found.contains(&path) {
                    found.push(path);
                }
            }
        }
        for name in ["wsgi.py", "asgi.py"] {
            let below = self
                .base
                .repository
                .below(&self.project.app_dir)
                .filter(|file| {
                    name_of(file) == name
                        && !crate::evidence::role::is_vendored(file)
                        && !crate::django::project::is_decoy(file)
                        && file.components().count()
                            <= self.project.app_dir.components().count() + 4
                });
            for file in below {
                let is_django = self
                    .base
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
        self.base.service.middleware = certain(settings, "MIDDLEWARE");
        self.base.service.installed_apps = settings
            .texts("INSTALLED_APPS")
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect();
        let wsgi =
            settings_module::application(settings.get("WSGI_APPLICATION")).map(str::to_owned);
        let asgi =
            settings_module::application(settings.get("ASGI_APPLICATION")).map(str::to_owned);
        for name in ["WSGI_APPLICATION", "ASGI_APPLICATION"] {
            self.base.saw("entrypoint", settings.places(name));
        }
        self.entrypoint(wsgi, asgi);
        self.base.service.database =
            database::read(settings, &self.base.survey, &self.base.installation);
        self.base.saw("database", settings.places("DATABASES"));
        self.base.service.backing =
            backing::read(settings, &self.base.survey, &self.base.installation);
        let static_files = delivery::static_files(settings, &self.base.survey);
        self.base.service.static_files =
            (static_files != StaticFiles::default()).then_some(static_files);
        for name in ["STATIC_ROOT", "STATICFILES_STORAGE", "STORAGES"] {
            self.base.saw("static", settings.places(name));
        }
        self.base.service.media = delivery::media(settings);
        self.base.saw("media", settings.places("MEDIA_ROOT"));
        if self.base.service.media.is_none()
            && let Some((media, places)) = delivery::own_uploads(settings)
        {
            self.base.service.media = Some(media);
            self.base.saw("media", places);
        }
        for name in [
            "CELERY_BEAT_SCHEDULE",
            "CELERYBEAT_SCHEDULE",
            "BEAT_SCHEDULE",
        ] {
            let has_some = settings
                .get(name)
                .is_some_and(|value| value.truth() == Some(true));
            if has_some {
                self.schedule.extend(settings.places(name));
            }
        }
        self.base.service.email = delivery::email(settings);
        for name in ["EMAIL_BACKEND", "EMAIL_HOST"] {
            self.base.saw("email", settings.places(name));
        }
        self.base.service.security = security::read(settings);
        let urls = settings
            .text("ROOT_URLCONF")
            .and_then(|module| settings.evaluator.find(module));
        let health = health::read(
            self.base.repository,
            &self.project.app_dir,
            urls.as_ref().map(|(path, _)| path.as_path()),
            &self.base.survey,
        );
        if let Some((path, place)) = health {
            self.base.service.health = Some(path);
            self.base.saw("health", [place]);
        }
    }

    /// Entry point, interface, server and port.
    fn entrypoint(&mut self, wsgi: Option<String>, asgi: Option<String>) {
        let declared = start::declared_server(&self.base.installation);
        let started = self.base.start.clone();
        let server = started
            .as_ref()
            .map(|start| start.server.clone())
            .or_else(|| declared.map(|(name, _)| name.to_owned()));
        if let Some(name) = server {
            self.base.server(name);
        }
        let has_channels = self
            .base
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
        self.base.service.interface = Some(interface);
        if let Some(target) = started.as_ref().and_then(|start| start.target.clone()) {
            let place = started.as_ref().map(|start| start.place.clone());
            self.base.service.evidence.remove("entrypoint");
            self.base.saw("entrypoint", place.clone());
            self.base.saw("interface", place);
            self.base.service.entrypoint = Some(target);
        } else {
            let named = match interface {
                Interface::Asgi => asgi.or(None),
                _ => wsgi.or(None),
            };
            self.base.service.entrypoint = named
                .and_then(|path| {
                    let (module, attribute) = path.rsplit_once('.')?;
                    Some(Entrypoint::callable(module, attribute))
                })
                .filter(|entry| self.is_there(entry))
                .or_else(|| self.by_file(interface));
            self.run_from_search();
        }
        self.run_from_above();
        self.base.port();
    }

    fn is_there(&self, entry: &Entrypoint) -> bool {
        let folders: Vec<Utf8PathBuf> = [self.project.app_dir.clone(), self.base.root.to_owned()]
            .into_iter()
            .chain(self.search.clone())
            .collect();
        entry
            .module()
            .is_some_and(|module| start::is_importable(self.base.repository, module, &folders))
    }

    /// Where `manage.py` puts another folder on the path, and that is not installed, the server has to run there.
    fn run_from_search(&mut self) {
        let repository = self.base.repository;
        let Some(module) = self
            .base
            .service
            .entrypoint
            .as_ref()
            .and_then(Entrypoint::module)
        else {
            return;
        };
        let is_in = |folder: &Utf8PathBuf| {
            start::is_importable(repository, module, std::slice::from_ref(folder))
        };
        let is_installed = Pyproject::read(repository, &self.base.root.join("pyproject.toml"))
            .is_some_and(|file| file.is_package())
            || repository.is_file(&self.base.root.join("setup.py"));
        if is_installed || is_in(&self.project.app_dir) || is_in(&self.base.root.to_owned()) {
            return;
        }
        if let Some(folder) = self.search.iter().find(|folder| is_in(folder)) {
            self.base.service.app_dir = shown(folder);
        }
    }

    /// A project that is a package itself runs from above where its settings are named from there; and one whose server is
    /// pointed at a module of the build root runs there.
    fn run_from_above(&mut self) {
        let repository = self.base.repository;
        let is_in = |module: &str, folder: &Utf8PathBuf| {
            start::is_importable(repository, module, std::slice::from_ref(folder))
        };
        let own = &self.project.app_dir;
        let root = self.base.root.to_owned();
        let settings = self.base.service.settings_module.as_deref();
        let above = project::above_package(repository, own)
            .filter(|above| above.starts_with(&root))
            .filter(|above| {
                settings.is_some_and(|settings| is_in(settings, above) && !is_in(settings, own))
            });
        if let Some(above) = above {
            self.base.service.app_dir = shown(&above);
            if let Some(Entrypoint::Callable { module, .. }) = &mut self.base.service.entrypoint
                && !is_in(module, &above)
                && is_in(module, own)
                && let Ok(package) = own.strip_prefix(&above)
            {
                *module = format!("{}.{module}", package.as_str().replace('/', "."));
            }
        }
        let entry = self.base.service.entrypoint.as_ref();
        if let Some(module) = entry.and_then(Entrypoint::module)
            && self.base.service.app_dir != shown(&root)
            && is_in(module, &root)
            && !is_in(module, &self.base.service.app_dir)
            && !is_in(module, own)
        {
            self.base.service.app_dir = shown(&root);
        }
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
        self.base.saw("entrypoint", [Place::new(file, 1)]);
        Some(Entrypoint::callable(module, "application"))
    }

    fn processes(&mut self) {
        self.base.service.processes = process::read(
            self.base.repository,
            &self.project.app_dir,
            &self.base.survey,
            &self.base.installation,
            &self.base.service.installed_apps,
        );
        if !self.schedule.is_empty() {
            let places = std::mem::take(&mut self.schedule);
            process::add_beat(&mut self.base.service.processes, places);
        }
        process::note_in_process(
            self.base.repository,
            &self.project.app_dir,
            &self.base.installation,
            &mut self.base.service,
        );
    }

    /// Workers may use settings of their own: the module that makes their application says so.
    fn worker_settings(&mut self, evaluator: &mut Evaluator<'_>) {
        self.processes();
        let apps: Vec<String> = self
            .base
            .service
            .processes
            .iter()
            .filter_map(|process| process.app.clone())
            .collect();
        let mut seen: BTreeSet<String> =
            self.base.service.settings_module.iter().cloned().collect();
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
                for backing in backing::read(&own, &self.base.survey, &self.base.installation) {
                    self.add_backing(backing);
                }
            }
        }
    }

    /// Whether a settings module builds upon the one of the web process.
    fn adds(&self, evaluator: &Evaluator<'_>, module: &str) -> bool {
        let Some(main) = &self.base.service.settings_module else {
            return true;
        };
        evaluator
            .find(module)
            .and_then(|(path, _)| self.base.repository.text(&path))
            .is_some_and(|text| text.contains(&format!("from {main} import *")))
    }

    fn add_backing(&mut self, backing: crate::document::Backing) {
        match self
            .base
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
            None => self.base.service.backing.push(backing),
        }
    }
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
