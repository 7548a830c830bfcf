//! A web application other than Django's as a service of the document.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Place;

use crate::django::{backing, database, security};
use crate::document::{
    Backing, Database, DatabaseConfig, DatabaseEngine, Email, Entrypoint, EnvironmentVariable,
    Finding, FrameworkName, Interface, Media, MediaStorage, MigrationTool, Migrations, Port,
    Service, StaticFiles, StaticStrategy,
};
use crate::manifest::lockfile;
use crate::python::{Arena, Evaluator, Value};
use crate::reading::{Reading, build_root};
use crate::repository::Repository;
use crate::web::{WebApp, module_of};
use crate::{process, secret, start, web_environment};

/// The applications by their build roots, except in the folders of other services.
fn by_root<'w>(
    repository: &Repository<'_>,
    apps: &'w [WebApp],
    taken: &[Utf8PathBuf],
) -> BTreeMap<Utf8PathBuf, Vec<&'w WebApp>> {
    let mut found: BTreeMap<Utf8PathBuf, Vec<&WebApp>> = BTreeMap::new();
    for app in apps {
        let folder = app.file.parent().unwrap_or("".into());
        let root = build_root(repository, folder);
        let is_taken = taken
            .iter()
            .any(|other| *other == root || (!other.as_str().is_empty() && root.starts_with(other)));
        if !is_taken {
            found.entry(root).or_default().push(app);
        }
    }
    found
}

/// The build roots of the services that [`read`] gives.
pub(crate) fn roots(
    repository: &Repository<'_>,
    apps: &[WebApp],
    taken: &[Utf8PathBuf],
) -> Vec<Utf8PathBuf> {
    by_root(repository, apps, taken).into_keys().collect()
}

/// One service for each build root that has an application, except in the folders of other services.
pub(crate) fn read(
    repository: &Repository<'_>,
    apps: &[WebApp],
    taken: &[Utf8PathBuf],
) -> Vec<Service> {
    let by_root = by_root(repository, apps, taken);
    let roots: Vec<Utf8PathBuf> = by_root.keys().cloned().collect();
    by_root
        .iter()
        .filter_map(|(root, apps)| {
            let others: Vec<Utf8PathBuf> = roots
                .iter()
                .chain(taken)
                .filter(|other| *other != root)
                .cloned()
                .collect();
            service(repository, root, apps, &others)
        })
        .collect()
}

fn service(
    repository: &Repository<'_>,
    root: &Utf8Path,
    apps: &[&WebApp],
    others: &[Utf8PathBuf],
) -> Option<Service> {
    let first = Reading::new(repository, root, root, others);
    let script = streamlit_script(&first, apps);
    let chosen = script.or_else(|| choose(&first, repository, root, apps))?;
    let named = start_target(&first, root)
        .and_then(|target| target.module().map(str::to_owned))
        .and_then(|module| Some((folder_for(&chosen.file, &module)?, module)))
        .filter(|(folder, _)| folder.starts_with(root));
    let (folder, module) = named.unwrap_or_else(|| module_of(repository, root, &chosen.file));
    let base = Reading::new(repository, root, &folder, others);
    Some(
        WebReading {
            base,
            app: chosen,
            module,
        }
        .service(),
    )
}

/// The folder from which a file is the module of that name.
fn folder_for(file: &Utf8Path, module: &str) -> Option<Utf8PathBuf> {
    let tail = module.replace('.', "/");
    let stem = file.as_str().strip_suffix(".py")?;
    let stem = stem.strip_suffix("/__init__").unwrap_or(stem);
    if stem == tail {
        return Some(Utf8PathBuf::new());
    }
    let folder = stem.strip_suffix(&tail)?.strip_suffix('/')?;
    Some(folder.into())
}

/// The application that production starts: what a command names, else the likeliest.
fn choose(
    reading: &Reading<'_>,
    repository: &Repository<'_>,
    root: &Utf8Path,
    apps: &[&WebApp],
) -> Option<WebApp> {
    let started = target_of(reading, apps, repository, root);
    if let Some(app) = started {
        return Some(app);
    }
    let mut ranked: Vec<&WebApp> = apps
        .iter()
        .copied()
        .filter(|app| app.framework != FrameworkName::Streamlit)
        .collect();
    ranked.sort_by_key(|app| rank(app, root));
    ranked.first().map(|app| (*app).clone())
}

/// What a command of the project points a server at.
fn target_of(
    reading: &Reading<'_>,
    apps: &[&WebApp],
    repository: &Repository<'_>,
    root: &Utf8Path,
) -> Option<WebApp> {
    let target = start_target(reading, root)?;
    let Entrypoint::Callable {
        module,
        attribute,
        is_factory,
    } = &target
    else {
        return None;
    };
    let tail = module.replace('.', "/");
    apps.iter()
        .filter(|app| {
            let path = app
                .file
                .as_str()
                .trim_end_matches(".py")
                .trim_end_matches("/__init__");
            path == tail || path.ends_with(&format!("/{tail}"))
        })
        .max_by_key(|app| (app.symbol == *attribute, app.is_factory == *is_factory))
        .map(|app| {
            let mut app = (*app).clone();
            app.symbol.clone_from(attribute);
            app.is_factory = *is_factory;
            app
        })
        .or_else(|| {
            // The object is made elsewhere and only passed on by the module that is named.
            let file = [root.to_owned(), root.join("src")]
                .into_iter()
                .find_map(|folder| {
                    let base = folder.join(&tail);
                    [
                        Utf8PathBuf::from(format!("{base}.py")),
                        base.join("__init__.py"),
                    ]
                    .into_iter()
                    .find(|path| repository.is_file(path))
                })?;
            let framework = apps
                .iter()
                .map(|app| app.framework)
                .min_by_key(|framework| *framework == FrameworkName::Streamlit)?;
            Some(WebApp {
                framework,
                place: Place::new(&file, 1),
                file,
                symbol: attribute.clone(),
                is_factory: *is_factory,
            })
        })
}

fn start_target(reading: &Reading<'_>, root: &Utf8Path) -> Option<Entrypoint> {
    if let Some(target) = reading
        .start
        .as_ref()
        .and_then(|start| start.target.clone())
    {
        return Some(target);
    }
    let path = root.join("pyproject.toml");
    let pyproject = crate::manifest::pyproject::Pyproject::read(reading.repository, &path)?;
    pyproject.text_at("tool.fastapi.entrypoint")?.parse().ok()
}

/// How likely an application is not the one; less is more.
fn rank(app: &WebApp, root: &Utf8Path) -> (bool, usize, usize, Utf8PathBuf) {
    const NAMES: [&str; 13] = [
        "wsgi",
        "asgi",
        "main",
        "app",
        "application",
        "server",
        "run",
        "api",
        "index",
        "web",
        "__init__",
        "manage",
        "start",
    ];
    let stem = app.file.file_stem().unwrap_or_default();
    let by_name = NAMES
        .iter()
        .position(|name| *name == stem)
        .unwrap_or(NAMES.len());
    let depth = app
        .file
        .components()
        .count()
        .saturating_sub(root.components().count());
    (app.is_factory, by_name + depth * 3, depth, app.file.clone())
}

/// The main script of a Streamlit app.
fn streamlit_script(reading: &Reading<'_>, apps: &[&WebApp]) -> Option<WebApp> {
    let scripts: Vec<&WebApp> = apps
        .iter()
        .copied()
        .filter(|app| app.framework == FrameworkName::Streamlit)
        .collect();
    let commands = reading
        .survey
        .commands
        .iter()
        .chain(&reading.survey.development);
    for command in commands {
        if command.program() != "streamlit"
            || command.words.get(1).map(String::as_str) != Some("run")
        {
            continue;
        }
        let Some(path) = command
            .words
            .iter()
            .skip(2)
            .find(|word| word.ends_with(".py"))
        else {
            continue;
        };
        let tail = path
            .trim_start_matches("./")
            .rsplit('/')
            .next()
            .unwrap_or(path);
        let named = scripts
            .iter()
            .find(|app| app.file.file_name() == Some(tail))
            .map(|app| (*app).clone());
        if named.is_some() {
            return named;
        }
    }
    let has_other = apps
        .iter()
        .any(|app| app.framework != FrameworkName::Streamlit && !app.is_factory);
    if has_other || scripts.is_empty() {
        return None;
    }
    let has_pages = |app: &WebApp| {
        let folder = app.file.parent().unwrap_or("".into()).join("pages");
        reading.repository.is_folder(&folder)
    };
    let mut ranked: Vec<&&WebApp> = scripts
        .iter()
        .filter(|app| !app.file.components().any(|part| part.as_str() == "pages"))
        .collect();
    ranked.sort_by_key(|app| {
        let stem = app.file.file_stem().unwrap_or_default().to_lowercase();
        let names = ["streamlit_app", "app", "main", "home", "index"];
        let by_name = names
            .iter()
            .position(|name| *name == stem)
            .unwrap_or(names.len());
        (
            !has_pages(app),
            app.file.components().count(),
            by_name,
            app.file.clone(),
        )
    });
    ranked.first().map(|app| (**app).clone())
}

/// A web application while it is read.
struct WebReading<'r> {
    base: Reading<'r>,
    app: WebApp,
    module: String,
}

impl WebReading<'_> {
    fn service(mut self) -> Service {
        self.base.identity();
        self.base.dependencies(self.app.framework);
        self.base.saw("framework", [self.app.place.clone()]);
        self.version();
        self.entrypoint();
        let arena = Arena::default();
        let search = vec![
            self.base.app_dir.clone(),
            self.base.root.to_owned(),
            self.base.root.join("src"),
        ];
        let mut evaluator = Evaluator::new(self.base.repository, &arena, search);
        self.base.set_environment(&mut evaluator);
        let is_script = self.app.framework == FrameworkName::Streamlit;
        if is_script {
            evaluator.load("__main__", self.app.file.clone(), false);
        } else {
            evaluator.import(&self.module);
            if self.app.is_factory {
                evaluator.call_by_name(&self.module, &self.app.symbol);
            }
        }
        self.base.environment(&evaluator);
        let configured = web_environment::configuration_reads(&evaluator, self.base.repository);
        self.unexecuted_reads(&evaluator, &configured);
        let mut values = web_environment::values(&evaluator);
        values.extend(
            configured
                .iter()
                .map(|(name, place)| web_environment::Named {
                    name: name.clone(),
                    value: Value::choice(
                        Some(Value::None),
                        vec![Value::from_environment(&name.as_str().into())],
                    ),
                    places: vec![place.clone()],
                }),
        );
        self.base.service.database = self.database(&values);
        self.base.service.backing = self.backing(&values);
        self.base.service.processes = process::read(
            self.base.repository,
            &self.base.app_dir,
            &self.base.survey,
            &self.base.installation,
            &[],
        );
        self.migrations();
        self.static_files();
        self.health();
        self.email_and_media();
        self.security(&values);
        let findings = std::mem::take(&mut self.base.service.security);
        self.base.surroundings();
        let committed = std::mem::replace(&mut self.base.service.security, findings);
        self.base.service.security.extend(committed);
        self.base.service
    }

    fn version(&mut self) {
        let Some(framework) = &mut self.base.service.framework else {
            return;
        };
        if framework.version.is_none()
            && let Some(lock) = &self.base.installation.lockfile
        {
            let versions = lockfile::versions(self.base.repository, lock);
            let name = serde_json::to_value(framework.name).ok();
            framework.version = name
                .and_then(|name| versions.get(name.as_str()?).cloned())
                .and_then(|version| crate::evidence::dockerfile::version_in(&version));
        }
    }

    fn entrypoint(&mut self) {
        let framework = self.app.framework;
        let entry = match framework {
            FrameworkName::Streamlit => Entrypoint::Script(self.app.file.clone()),
            _ if self.app.is_factory => Entrypoint::factory(&self.module, &self.app.symbol),
            _ => Entrypoint::callable(&self.module, &self.app.symbol),
        };
        self.base.service.entrypoint = Some(entry);
        let place = self
            .base
            .start
            .as_ref()
            .filter(|start| start.target.is_some())
            .map(|start| start.place.clone());
        self.base.saw(
            "entrypoint",
            place
                .into_iter()
                .chain([self.app.place.clone()])
                .collect::<Vec<_>>(),
        );
        let own_server = matches!(
            framework,
            FrameworkName::Streamlit
                | FrameworkName::Aiohttp
                | FrameworkName::Tornado
                | FrameworkName::Gradio
                | FrameworkName::Sanic
        );
        let native = match framework {
            _ if own_server => Interface::Other,
            FrameworkName::Fastapi
            | FrameworkName::Starlette
            | FrameworkName::Litestar
            | FrameworkName::Quart => Interface::Asgi,
            _ => Interface::Wsgi,
        };
        self.base.service.interface = Some(native);
        self.base.saw("interface", [self.app.place.clone()]);
        let started = self.base.start.as_ref().map(|start| start.server.clone());
        let declared = start::declared_server(&self.base.installation)
            .filter(|(_, interface)| {
                native != Interface::Asgi
                    || *interface == Interface::Asgi
                    || self.base.installation.installs("uvicorn")
            })
            .map(|(name, _)| name.to_owned());
        let own = match framework {
            FrameworkName::Streamlit => Some("streamlit"),
            FrameworkName::Aiohttp => Some("aiohttp"),
            FrameworkName::Tornado => Some("tornado"),
            FrameworkName::Gradio => Some("gradio"),
            FrameworkName::Sanic => Some("sanic"),
            _ => None,
        };
        let standard = (framework == FrameworkName::Fastapi && self.base.brings_uvicorn())
            .then(|| "uvicorn".to_owned());
        let run_by_code = self.run_by_code();
        let server = started
            .or(run_by_code)
            .or_else(|| own.map(str::to_owned))
            .or(declared)
            .or(standard);
        if let Some(name) = server {
            self.base.server(name);
        }
        self.base.port();
        if self.base.service.port.is_none() {
            self.port_by_code();
        }
        if framework == FrameworkName::Streamlit && self.base.service.port.is_none() {
            self.base.service.port = Some(Port::Number(8501));
        }
    }

    /// `uvicorn.run(…)` in the module, or `waitress.serve(…)`.
    fn run_by_code(&self) -> Option<String> {
        let text = self.base.repository.text(&self.app.file)?;
        if text.contains("uvicorn.run(") {
            return Some("uvicorn".to_owned());
        }
        (text.contains("waitress") && text.contains("serve(")).then(|| "waitress".to_owned())
    }

    /// `app.run(port=…)`, `uvicorn.run(…, port=…)`, and the port that compose services publish.
    fn port_by_code(&mut self) {
        if let Some(text) = self.base.repository.text(&self.app.file) {
            for (number, line) in text.lines().enumerate() {
                if let Some((_, rest)) = line.split_once("port=") {
                    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                    if let Ok(port) = digits.parse() {
                        self.base.service.port = Some(Port::Number(port));
                        let place = crate::repository::at_line(&self.app.file, number);
                        self.base.saw("port", [place]);
                        return;
                    }
                }
            }
        }
        let fastapi_run = self
            .base
            .start
            .as_ref()
            .is_some_and(|start| start.is_fastapi);
        if fastapi_run {
            self.base.service.port = Some(Port::Number(8000));
        }
    }

    /// Variables that functions read which only run when a request or an event comes.
    fn unexecuted_reads(&mut self, evaluator: &Evaluator<'_>, configured: &[(String, Place)]) {
        let textual = web_environment::textual_reads(evaluator);
        for (name, place) in textual.into_iter().chain(configured.iter().cloned()) {
            let known = self
                .base
                .service
                .env
                .iter_mut()
                .find(|variable| variable.name == name);
            match known {
                Some(variable) => {
                    if !variable.places.contains(&place) {
                        variable.places.push(place);
                    }
                }
                None => self.base.service.env.push(EnvironmentVariable {
                    secret: secret::is_secret(&name),
                    name,
                    required: false,
                    default: None,
                    places: vec![place],
                }),
            }
        }
        self.base
            .service
            .env
            .sort_by(|left, right| left.name.cmp(&right.name));
    }

    fn database(&mut self, values: &[web_environment::Named<'_>]) -> Option<Database> {
        const LIBRARIES: [&str; 18] = [
            "sqlalchemy",
            "sqlmodel",
            "flask-sqlalchemy",
            "databases",
            "tortoise-orm",
            "peewee",
            "asyncpg",
            "psycopg",
            "psycopg2",
            "psycopg2-binary",
            "pymysql",
            "mysqlclient",
            "motor",
            "pymongo",
            "beanie",
            "ormar",
            "mongoengine",
            "aiomysql",
        ];
        let uses_database = LIBRARIES
            .iter()
            .any(|name| self.base.installation.installs(name));
        if !uses_database {
            return None;
        }
        let mut engines: Vec<DatabaseEngine> = Vec::new();
        let mut env: BTreeSet<String> = BTreeSet::new();
        let mut has_url = false;
        let mut has_parts = false;
        let mut is_settled = false;
        for named in values {
            if !is_database_setting(&named.name) {
                continue;
            }
            let names = named.value.names();
            let before = env.len();
            for (value, _) in crate::django::settings::alternatives(&named.value) {
                if let Some(engine) = value.pattern().as_deref().and_then(engine_of_url) {
                    is_settled = true;
                    if !engines.contains(&engine) {
                        engines.push(engine);
                    }
                }
            }
            env.extend(
                names
                    .iter()
                    .filter(|name| is_database_variable(name))
                    .map(ToString::to_string),
            );
            if env.len() > before {
                self.base.saw("database", named.places.clone());
            }
        }
        let variables: Vec<String> = self
            .base
            .service
            .env
            .iter()
            .map(|variable| variable.name.clone())
            .collect();
        for name in &variables {
            if is_database_variable(name) {
                env.insert(name.clone());
            }
        }
        for name in &env {
            let upper = name.to_uppercase();
            if ["URL", "URI", "DSN", "CONNECTION_STRING", "CONN_STR"]
                .iter()
                .any(|ending| upper.ends_with(ending))
            {
                has_url = true;
            } else {
                has_parts = true;
            }
        }
        if has_url {
            let urls: BTreeSet<String> = env
                .iter()
                .filter(|name| {
                    let upper = name.to_uppercase();
                    ["URL", "URI", "DSN", "STRING", "STR"]
                        .iter()
                        .any(|ending| upper.ends_with(ending))
                })
                .cloned()
                .collect();
            env = urls;
        }
        let drivers = database::drivers(&self.base.installation);
        let mut ordered = drivers.clone();
        if ordered.is_empty()
            && self.base.installation.installs("pymongo") | self.base.installation.installs("motor")
        {
            ordered.push(DatabaseEngine::Mongodb);
        }
        for engine in engines {
            if !ordered.contains(&engine) {
                ordered.push(engine);
            }
        }
        let compose = database::compose_engine(&self.base.survey);
        let engine = ordered
            .iter()
            .copied()
            .find(|engine| {
                Some(*engine) == compose
                    || (compose == Some(DatabaseEngine::Mariadb)
                        && *engine == DatabaseEngine::Mysql)
            })
            .or_else(|| ordered.first().copied())
            .or(compose);
        engine?;
        let config = if has_url {
            Some(DatabaseConfig::Url)
        } else if has_parts {
            Some(DatabaseConfig::Parts)
        } else if is_settled {
            Some(DatabaseConfig::Hardcoded)
        } else {
            None
        };
        Some(Database {
            engine,
            engines: ordered,
            config,
            env: env.into_iter().collect(),
        })
    }

    fn backing(&mut self, values: &[web_environment::Named<'_>]) -> Vec<Backing> {
        let mut found: BTreeMap<&'static str, Backing> = BTreeMap::new();
        let installation = &self.base.installation;
        for named in values {
            let Some(kind) = backing::kind_of_setting(&named.name, &named.value) else {
                continue;
            };
            let client = match kind {
                "redis" => [
                    "redis",
                    "aioredis",
                    "rq",
                    "arq",
                    "celery",
                    "fakeredis",
                    "redis-om",
                    "fastapi-cache2",
                    "flask-caching",
                    "coredis",
                    "walrus",
                    "huey",
                ]
                .iter()
                .any(|name| installation.installs(name)),
                "elasticsearch" => installation
                    .distributions
                    .iter()
                    .any(|own| own.name.starts_with("elasticsearch")),
                _ => true,
            };
            if !client {
                continue;
            }
            let entry = found.entry(kind).or_insert_with(|| Backing {
                kind: kind.to_owned(),
                roles: Vec::new(),
                required: false,
                env: Vec::new(),
                places: Vec::new(),
            });
            for name in named.value.names() {
                if !entry.env.iter().any(|known| **known == *name) {
                    entry.env.push(name.to_string());
                }
            }
            entry.places.extend(named.places.iter().cloned());
            let is_open = named.value.names().is_empty();
            let is_always = crate::django::settings::alternatives(&named.value)
                .iter()
                .any(|(value, is_default)| {
                    *is_default && (value.pattern().is_some_and(|text| text.contains("://")))
                });
            let is_required_variable = self.base.service.env.iter().any(|variable| {
                variable.required && named.value.names().contains(variable.name.as_str())
            });
            entry.required |= (is_always && !is_open) || is_required_variable;
        }
        found.into_values().collect()
    }

    fn migrations(&mut self) {
        let root = self.base.root;
        let alembic = self.base.repository.below(root).find(|file| {
            file.file_name() == Some("alembic.ini") && !crate::django::project::is_decoy(file)
        });
        let tool = if self.base.installation.installs("flask-migrate") {
            Some(MigrationTool::FlaskMigrate)
        } else if alembic.is_some() {
            Some(MigrationTool::Alembic)
        } else {
            None
        };
        if let Some(tool) = tool {
            let place = alembic.map(|file| Place::new(file, 1));
            self.base.saw("migrations", place);
            self.base.service.migrations = Some(Migrations { tool });
        }
    }

    fn static_files(&mut self) {
        let repository = self.base.repository;
        let framework = self.app.framework;
        let folder = self.app.file.parent().unwrap_or("".into());
        let has_folder = |folder: &Utf8Path| repository.is_folder(&folder.join("static"));
        let serves = match framework {
            FrameworkName::Flask | FrameworkName::Quart => {
                has_folder(folder)
                    || has_folder(&self.base.app_dir)
                    || repository.below(&self.base.app_dir).any(|file| {
                        file.components()
                            .rev()
                            .nth(1)
                            .is_some_and(|part| part.as_str() == "static")
                            || (file.as_str().contains("/static/")
                                && !crate::evidence::survey::is_vendored(file))
                    })
            }
            _ => repository
                .below(&self.base.app_dir)
                .filter(|file| {
                    file.extension() == Some("py") && !crate::django::project::is_decoy(file)
                })
                .take(400)
                .any(|file| {
                    repository.text(file).is_some_and(|text| {
                        text.contains("StaticFiles(")
                            || text.contains("add_static_view(")
                            || text.contains(".add_static(")
                            || text.contains(".frontend(")
                            || text.contains(".static(")
                    })
                }),
        };
        let has_whitenoise = self.base.installation.installs("whitenoise");
        let strategy = if has_whitenoise {
            Some(StaticStrategy::Whitenoise)
        } else {
            (serves && framework != FrameworkName::Streamlit).then_some(StaticStrategy::Framework)
        };
        self.base.service.static_files = strategy.map(|strategy| StaticFiles {
            strategy: Some(strategy),
            ..StaticFiles::default()
        });
    }

    fn health(&mut self) {
        if let Some((path, place)) = self
            .base
            .survey
            .health
            .iter()
            .find(|(path, _)| path != "/")
            .cloned()
        {
            self.base.service.health = Some(path);
            self.base.saw("health", [place]);
            return;
        }
        let repository = self.base.repository;
        let files: Vec<Utf8PathBuf> = repository
            .below(&self.base.app_dir)
            .filter(|file| {
                file.extension() == Some("py")
                    && !crate::django::project::is_decoy(file)
                    && !crate::evidence::survey::is_vendored(file)
            })
            .filter(|file| {
                !file
                    .file_name()
                    .is_some_and(|name| name.starts_with("test"))
            })
            .take(600)
            .map(Utf8Path::to_owned)
            .collect();
        for file in files {
            let Some(text) = repository.text(&file) else {
                continue;
            };
            for (number, line) in text.lines().enumerate() {
                let bare = line.trim();
                let is_route = bare.starts_with('@')
                    && [".get(", ".route(", ".head(", ".api_route("]
                        .iter()
                        .any(|needle| bare.contains(needle))
                    || bare.starts_with("Route(");
                if !is_route {
                    continue;
                }
                if let Some(path) =
                    crate::django::health::quoted(bare).and_then(crate::django::health::health_path)
                {
                    self.base.service.health = Some(path);
                    self.base
                        .saw("health", [crate::repository::at_line(&file, number)]);
                    return;
                }
            }
        }
    }

    fn email_and_media(&mut self) {
        let has = |wanted: &[&str]| {
            self.base
                .service
                .env
                .iter()
                .find(|variable| wanted.contains(&variable.name.to_uppercase().as_str()))
                .map(|variable| variable.name.clone())
        };
        let smtp = has(&[
            "MAIL_SERVER",
            "SMTP_HOST",
            "SMTP_SERVER",
            "MAIL_HOST",
            "EMAIL_HOST",
        ]);
        let sendgrid = has(&["SENDGRID_API_KEY"]);
        if let Some(name) = smtp {
            self.base.service.email = Some(Email {
                backend: "smtp".to_owned(),
                env: vec![name],
            });
        } else if let Some(name) = sendgrid {
            self.base.service.email = Some(Email {
                backend: "sendgrid".to_owned(),
                env: vec![name],
            });
        }
        if has(&["UPLOAD_FOLDER", "UPLOAD_DIR", "MEDIA_ROOT", "UPLOADS_DIR"]).is_some() {
            self.base.service.media = Some(Media {
                storage: MediaStorage::Local,
                root: None,
            });
        }
    }

    fn security(&mut self, values: &[web_environment::Named<'_>]) {
        for named in values {
            if named.name.to_uppercase() != "SECRET_KEY" {
                continue;
            }
            if let Some(id) = security::key_finding(&named.value)
                && !self
                    .base
                    .service
                    .security
                    .iter()
                    .any(|finding| finding.id == id)
            {
                self.base.service.security.push(Finding {
                    id: id.to_owned(),
                    places: named.places.clone(),
                });
            }
        }
    }
}

fn is_database_setting(name: &str) -> bool {
    let upper = name.to_uppercase();
    [
        "DATABASE",
        "SQLALCHEMY",
        "DB_",
        "POSTGRES",
        "MYSQL",
        "MONGO",
        "_DB",
        "_DSN",
        "SQLITE",
    ]
    .iter()
    .any(|part| upper.contains(part))
        || upper == "DB"
        || upper == "DSN"
}

/// Whether a variable configures a database by its name.
fn is_database_variable(name: &str) -> bool {
    let upper = name.to_uppercase();
    let parts: Vec<&str> = upper.split('_').collect();
    let is_other = parts.iter().any(|part| {
        matches!(
            *part,
            "REDIS"
                | "TEST"
                | "TESTING"
                | "POOL"
                | "ECHO"
                | "TIMEOUT"
                | "SSL"
                | "OVERFLOW"
                | "TRACK"
                | "PING"
        )
    });
    let is_about = parts.iter().any(|part| {
        matches!(
            *part,
            "DATABASE"
                | "DB"
                | "POSTGRES"
                | "POSTGRESQL"
                | "PG"
                | "MYSQL"
                | "MONGO"
                | "MONGODB"
                | "SQLALCHEMY"
        )
    }) || upper.starts_with("PGHOST")
        || upper.starts_with("PGUSER")
        || upper.starts_with("PGPASS")
        || upper.starts_with("PGDATABASE")
        || upper.starts_with("PGPORT");
    let is_part = [
        "URL", "URI", "DSN", "HOST", "HOSTNAME", "SERVER", "NAME", "USER", "USERNAME", "PASSWORD",
        "PASS", "PORT", "DB", "DATABASE", "STRING", "ENGINE", "PROTOCOL", "DRIVER",
    ]
    .contains(parts.last().unwrap_or(&""))
        || upper.starts_with("PG");
    is_about && is_part && !is_other
}

/// The engine that the scheme of a URL names.
fn engine_of_url(text: &str) -> Option<DatabaseEngine> {
    let scheme = text.split(':').next()?.split('+').next()?.to_lowercase();
    Some(match scheme.as_str() {
        "postgres" | "postgresql" => DatabaseEngine::Postgresql,
        "mysql" => DatabaseEngine::Mysql,
        "mariadb" => DatabaseEngine::Mariadb,
        "sqlite" => DatabaseEngine::Sqlite,
        "mssql" => DatabaseEngine::Mssql,
        "oracle" => DatabaseEngine::Oracle,
        "mongodb" => DatabaseEngine::Mongodb,
        _ => return None,
    })
}
