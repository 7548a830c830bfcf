//! One web service: whether it can be given a platform, and how it runs.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_app::{
    Backing, DatabaseEngine, Entrypoint, FrameworkName, Interface, Kind, MediaStorage, Port,
    Service, StaticStrategy,
};

use super::{Decisions, at, server_configuration, variables};
use crate::{
    Config, DatabaseChoice, DatabaseSettings, Hosting, Server, Setting, Source, StaticServing,
    WebService,
};

/// App Service asks a Python site there unless it is told otherwise. Source: Configure a Linux Python app.
const DEFAULT_PORT: u16 = 8000;

pub(super) const fn describe(kind: Kind) -> &'static str {
    match kind {
        Kind::App => "an application",
        Kind::Library => "a library",
        Kind::Cli => "a program for the terminal",
        Kind::Template => "a generator of projects",
        Kind::Collection => "a collection of demonstrations",
        Kind::Other => "no Python project",
    }
}

/// Refuses what no platform can be given to.
pub(super) fn refuse(service: &Service, config: &Config, decisions: &mut Decisions) {
    refuse_framework(service, decisions);
    if has_database(service, config) {
        refuse_database(service, decisions);
    }
    for backing in service.backing.iter().filter(|backing| backing.required) {
        refuse_backing(service, backing, config, decisions);
    }
}

fn refuse_framework(service: &Service, decisions: &mut Decisions) {
    let place = at(service
        .seen("framework")
        .or_else(|| service.seen("framework.name")));
    let Some(framework) = &service.framework else {
        decisions.refuse(
            "framework-not-supported",
            format!("no web framework was found in this service; supported are {SUPPORTED}"),
            "`taxiway detect` shows what was found",
        );
        return;
    };
    if let Some(reason) = unsupported(framework.name) {
        decisions.refuse(
            "framework-not-supported",
            format!(
                "this is an application of {}{place}, {reason}",
                name_of(framework.name)
            ),
            format!("supported are {SUPPORTED}; `taxiway detect` works for it all the same"),
        );
    }
}

/// The frameworks whose applications can be given a platform.
const SUPPORTED: &str =
    "Django, FastAPI, Flask, Starlette, Litestar, Quart, Sanic, aiohttp, Pyramid and Dash";

/// Why the applications of a framework can't be given a platform.
const fn unsupported(framework: FrameworkName) -> Option<&'static str> {
    match framework {
        FrameworkName::Streamlit | FrameworkName::Gradio => Some(
            "which is its own server and keeps what each visitor did in the memory of one process: neither several workers nor a \
             swap without lost sessions is possible",
        ),
        FrameworkName::Tornado => {
            Some("which is its own server: no worker of gunicorn runs it behind the probes")
        }
        FrameworkName::Django
        | FrameworkName::Fastapi
        | FrameworkName::Flask
        | FrameworkName::Starlette
        | FrameworkName::Litestar
        | FrameworkName::Quart
        | FrameworkName::Sanic
        | FrameworkName::Aiohttp
        | FrameworkName::Pyramid
        | FrameworkName::Dash => None,
    }
}

/// As people write it.
const fn name_of(framework: FrameworkName) -> &'static str {
    match framework {
        FrameworkName::Django => "Django",
        FrameworkName::Fastapi => "FastAPI",
        FrameworkName::Flask => "Flask",
        FrameworkName::Starlette => "Starlette",
        FrameworkName::Litestar => "Litestar",
        FrameworkName::Quart => "Quart",
        FrameworkName::Sanic => "Sanic",
        FrameworkName::Aiohttp => "aiohttp",
        FrameworkName::Pyramid => "Pyramid",
        FrameworkName::Dash => "Dash",
        FrameworkName::Tornado => "Tornado",
        FrameworkName::Streamlit => "Streamlit",
        FrameworkName::Gradio => "Gradio",
    }
}

/// The file of Paste that makes Pyramid's application, where its factory wants what such a file says.
fn paste(service: &Service) -> Option<Utf8PathBuf> {
    let is_factory = matches!(
        service.entrypoint,
        Some(Entrypoint::Callable {
            is_factory: true,
            ..
        })
    );
    let is_pyramid = service
        .framework
        .as_ref()
        .is_some_and(|it| it.name == FrameworkName::Pyramid);
    let mut places = service.evidence.get("entrypoint")?.iter();
    let file = places.find(|place| place.path().extension() == Some("ini"))?;
    let inside = match service.root.as_str() {
        "." => Some(file.path()),
        _ => file.path().strip_prefix(&service.root).ok(),
    };
    inside
        .filter(|_| is_pyramid && is_factory)
        .map(Utf8Path::to_owned)
}

fn framework_name(service: &Service) -> String {
    let framework = service.framework.as_ref();
    let name = name_of(framework.map_or(FrameworkName::Django, |framework| framework.name));
    match framework.and_then(|framework| framework.version.as_deref()) {
        Some(version) => format!("{name} {version}"),
        None => name.to_owned(),
    }
}

fn is_django(service: &Service) -> bool {
    service
        .framework
        .as_ref()
        .is_some_and(|framework| framework.name == FrameworkName::Django)
}

fn refuse_database(service: &Service, decisions: &mut Decisions) {
    let Some(engine) = service
        .database
        .as_ref()
        .and_then(|database| database.engine)
    else {
        return;
    };
    let place = at(database_place(service));
    let name = match engine {
        DatabaseEngine::Postgresql => return,
        // Django's settings can be told another database; elsewhere the code has to ask for it.
        DatabaseEngine::Sqlite if is_django(service) || reads_address(service) => return,
        DatabaseEngine::Sqlite => "SQLite",
        DatabaseEngine::Postgis => {
            decisions.refuse(
                "database-not-supported",
                format!(
                    "this project needs PostGIS{place}: the libraries GDAL, GEOS and PROJ, which App Service's built-in \
                     Python image does not have"
                ),
                "it needs a container image with them; that is not supported yet",
            );
            return;
        }
        DatabaseEngine::Mysql => "MySQL",
        DatabaseEngine::Mariadb => "MariaDB",
        DatabaseEngine::Mssql => "Microsoft SQL Server",
        DatabaseEngine::Oracle => "Oracle",
        DatabaseEngine::Mongodb => "MongoDB",
    };
    decisions.refuse(
        "database-not-supported",
        format!("this project needs {name}{place}; only PostgreSQL is supported so far"),
        "let its settings use PostgreSQL where DATABASE_URL is set",
    );
}

/// Whether a variable tells the code where its database is.
fn reads_address(service: &Service) -> bool {
    let database = service.database.as_ref();
    database.is_some_and(|database| !database.env.is_empty())
}

/// The variables that hold the address of a Redis that the app needs and nobody gives.
pub(super) fn cache_settings(service: &Service, config: &Config) -> Vec<String> {
    let needed = service
        .backing
        .iter()
        .filter(|backing| backing.required && backing.kind == "redis")
        .filter(|backing| !is_configured(backing, config));
    let mut settings: Vec<String> = needed
        .flat_map(|backing| &backing.env)
        .filter(|name| {
            let upper = name.to_uppercase();
            ["URL", "URI", "DSN"].iter().any(|end| upper.ends_with(end))
        })
        .cloned()
        .collect();
    settings.sort();
    settings.dedup();
    settings
}

fn is_configured(backing: &Backing, config: &Config) -> bool {
    backing.env.iter().any(|name| {
        config.variables.contains_key(name)
            || config
                .app
                .secrets
                .iter()
                .any(|secret| secret.value == *name)
    })
}

/// A service that the platform does not give is no obstacle where `taxiway.toml` says where one is.
fn refuse_backing(
    service: &Service,
    backing: &Backing,
    config: &Config,
    decisions: &mut Decisions,
) {
    if is_configured(backing, config) {
        return;
    }
    let given = cache_settings(service, config);
    if backing.env.iter().any(|name| given.contains(name)) {
        return;
    }
    let place = at(backing.places.first());
    // Of several variables, the one that says where it is.
    let is_address = |name: &&String| {
        ["URL", "URI", "HOST", "STRING", "DSN"]
            .iter()
            .any(|end| name.ends_with(end))
    };
    let address = backing
        .env
        .iter()
        .find(is_address)
        .or_else(|| backing.env.first());
    let help = match address {
        Some(name) => format!(
            "if you run one, say where in taxiway.toml: [app] secrets = [\"{name}\"], or without a password \
             [variables] {name} = \"…\""
        ),
        None => "its address is fixed in the code; read it from a variable".to_owned(),
    };
    decisions.refuse(
        "backing-service-missing",
        format!(
            "this project needs {}{place}, which the platform does not provide yet",
            backing.kind
        ),
        help,
    );
}

/// How the service runs, or `None` with the reason among the errors.
pub(super) fn web_service(
    service: &Service,
    config: &Config,
    decisions: &mut Decisions,
) -> Option<WebService> {
    let own = entrypoint(service, decisions);
    let is_django = is_django(service);
    let settings_module = if is_django {
        Some(settings_module(service, decisions)?)
    } else {
        None
    };
    let (interface, server) = server(service, decisions);
    let static_files = static_files(service, decisions);
    database(service, config, decisions);
    Some(WebService {
        name: None,
        root: service.root.clone(),
        app_dir: service.app_dir.clone(),
        entrypoint: if is_django {
            own.clone()?
        } else {
            taxiway_app::Entrypoint::callable("taxiway_runtime.application", "application")
        },
        wrapped: if is_django { None } else { Some(own?) },
        interface,
        has_database: has_database(service, config),
        shares_database: false,
        settings_module,
        key_setting: variables::key_setting(service).to_owned(),
        framework: framework_name(service),
        django: service
            .framework
            .as_ref()
            .filter(|_| is_django)
            .and_then(|framework| framework.version.clone()),
        server,
        port: port(service, config, decisions),
        paste: paste(service),
        static_files,
        builds_frontend: frontend(service, config, decisions),
        variables: Vec::new(),
    })
}

fn entrypoint(service: &Service, decisions: &mut Decisions) -> Option<taxiway_app::Entrypoint> {
    let Some(entrypoint) = service
        .entrypoint
        .clone()
        .filter(|entrypoint| entrypoint.module().is_some())
    else {
        decisions.refuse(
            "entrypoint-missing",
            "no WSGI or ASGI application was found in this service",
            if is_django(service) {
                "Django makes one: PROJECT/wsgi.py with `application = get_wsgi_application()`"
            } else {
                "make one in a module that can be imported: `app = create_app()`"
            },
        );
        return None;
    };
    let source = Source::detected(service.seen("entrypoint"));
    decisions.choose(
        "entrypoint",
        entrypoint.to_string(),
        source,
        "what the server loads",
    );
    Some(entrypoint)
}

/// An image of the project's own listens where it listens; everything else listens where it is told to.
fn port(service: &Service, config: &Config, decisions: &mut Decisions) -> u16 {
    let hosting = config.app.hosting.as_ref().map(|hosting| hosting.value);
    let is_own_image =
        hosting == Some(Hosting::Container) && service.artifacts.dockerfile.is_some();
    let (port, source, reason) = match &service.port {
        Some(Port::Number(port)) if is_own_image => (
            *port,
            Source::detected(service.seen("port")),
            "the project's own image listens there",
        ),
        Some(Port::Number(_) | Port::Variable(_)) | None => (
            DEFAULT_PORT,
            Source::Default,
            "where nobody sets PORT: bind, EXPOSE, probes and WEBSITES_PORT have this one",
        ),
    };
    decisions.choose("port", port.to_string(), source, reason);
    port
}

fn settings_module(service: &Service, decisions: &mut Decisions) -> Option<String> {
    let Some(module) = service.settings_module.clone() else {
        decisions.refuse(
            "settings-missing",
            "no settings module of Django was found in this service",
            "manage.py or wsgi.py usually names it in DJANGO_SETTINGS_MODULE",
        );
        return None;
    };
    let source = Source::detected(service.seen("settings_module"));
    let value = format!("taxiway overlay of {module}");
    decisions.choose("settings", value, source, "the module that production uses");
    Some(module)
}

fn server(service: &Service, decisions: &mut Decisions) -> (Interface, Server) {
    let framework = service.framework.as_ref().map(|framework| framework.name);
    let (interface, server, value) = match service.interface {
        _ if framework == Some(FrameworkName::Aiohttp) => (
            Interface::Other,
            Server::Aiohttp,
            "gunicorn with aiohttp's workers",
        ),
        // Sanic speaks ASGI besides the protocol of its own server.
        _ if framework == Some(FrameworkName::Sanic) => (
            Interface::Asgi,
            Server::Uvicorn,
            "gunicorn with uvicorn workers",
        ),
        Some(Interface::Asgi) => (
            Interface::Asgi,
            Server::Uvicorn,
            "gunicorn with uvicorn workers",
        ),
        Some(Interface::Wsgi | Interface::Other) | None => {
            (Interface::Wsgi, Server::Gunicorn, "gunicorn with threads")
        }
    };
    let declared = service.server.as_ref().is_some_and(|server| {
        server.declared && matches!(server.name.as_str(), "gunicorn" | "uvicorn")
    });
    let (source, reason) = if declared {
        (
            Source::detected(service.seen("server")),
            "the project installs it",
        )
    } else {
        (
            Source::Default,
            "App Service's built-in image starts gunicorn",
        )
    };
    decisions.choose("server", value, source, reason);
    server_configuration::tell(service, decisions);
    (interface, server)
}

fn static_files(service: &Service, decisions: &mut Decisions) -> StaticServing {
    if !is_django(service) {
        let reason = "the framework serves its own";
        decisions.choose("static", "as the application does", Source::Default, reason);
        return StaticServing::None;
    }
    let is_named = |names: &[String], part: &str| names.iter().any(|name| name.contains(part));
    let strategy = service
        .static_files
        .as_ref()
        .and_then(|files| files.strategy);
    let (serving, value, reason) = match strategy {
        Some(StaticStrategy::Storage) => (
            StaticServing::Overlay,
            "object storage where the project configures it, else WhiteNoise",
            "its settings say so",
        ),
        Some(StaticStrategy::Whitenoise)
            if service.installs("whitenoise") || is_named(&service.middleware, "whitenoise") =>
        {
            (
                StaticServing::Project,
                "WhiteNoise, collected at build",
                "its settings say so",
            )
        }
        Some(_) => (
            StaticServing::Overlay,
            "WhiteNoise of the overlay, collected at build",
            "App Service has no web server of its own for them",
        ),
        None if service.static_files.is_some()
            || is_named(&service.installed_apps, "django.contrib.staticfiles")
            || service.installed_apps.is_empty() =>
        {
            (
                StaticServing::Overlay,
                "WhiteNoise of the overlay, collected at build",
                "nothing in the project serves them in production",
            )
        }
        None => (
            StaticServing::None,
            "none",
            "django.contrib.staticfiles is not installed",
        ),
    };
    let seen = service
        .seen("static.strategy")
        .or_else(|| service.seen("static"));
    decisions.choose("static", value, Source::detected(seen), reason);
    serving
}

/// Whether the front end that the service serves is built before its code is published.
fn frontend(service: &Service, config: &Config, decisions: &mut Decisions) -> bool {
    let wanted = config.app.build_frontend.as_ref();
    let found = service.frontend.as_ref().filter(|it| it.bundled);
    let Some((found, script)) = found.and_then(|it| Some((it, it.build.as_ref()?))) else {
        if let Some(Setting { value: true, place }) = wanted {
            decisions.refuse(
                "no-front-end",
                format!("`build-frontend = true` ({place}), and no front end that this service serves was found"),
                "`taxiway detect` shows what was found",
            );
        }
        return false;
    };
    if let Some(Setting {
        value: false,
        place,
    }) = wanted
    {
        let reason = "its output is taken as it is committed";
        decisions.configured("front-end", "not built", place, reason);
        return false;
    }
    if !found.is_built_into(&service.root) {
        decisions.warn(
            "frontend-not-built",
            format!(
                "the front end in `{}` is built into a folder that is not published with `{}`",
                found.dir, service.root
            ),
            "let its build write into the folder of the service, or copy its output there and commit it",
        );
        return false;
    }
    let manager = found.package_manager.as_deref().unwrap_or("npm");
    decisions.choose(
        "front-end",
        format!("`{manager} run {script}` in {}, before the code is published", found.dir),
        Source::detected(service.seen("frontend")),
        "the application serves what it makes; [app] build-frontend = false takes its output as it is committed",
    );
    true
}

/// Whether the platform gives the app a database: as `taxiway.toml` says, else where Django or something in the code asks for one.
pub(super) fn has_database(service: &Service, config: &Config) -> bool {
    match &config.app.database {
        Some(wanted) => wanted.value == DatabaseChoice::Postgresql,
        None => is_django(service) || service.database.is_some(),
    }
}

fn no_database(service: &Service, config: &Config, decisions: &mut Decisions) {
    match &config.app.database {
        Some(wanted) => {
            decisions.configured("database", "none", &wanted.place, "configured");
        }
        None => {
            decisions.choose(
                "database",
                "none",
                Source::Default,
                "nothing in the code opens one; [app] database = \"postgresql\" gives it one all the same",
            );
        }
    }
    if is_django(service) {
        decisions.warn(
            "django-without-a-database",
            "without a database, pages that use Django's users, sessions or admin fail",
            "keep sessions in signed cookies: SESSION_ENGINE = \"django.contrib.sessions.backends.signed_cookies\"",
        );
    }
    for (name, environment) in &config.environments {
        let settings = &environment.database;
        if *settings != DatabaseSettings::default() {
            decisions.refuse(
                "settings-of-no-database",
                format!(
                    "[environments.{name}.database] says how the database is, and the app has none"
                ),
                "leave the table out, or [app] database = \"postgresql\"",
            );
        }
    }
}

fn database(service: &Service, config: &Config, decisions: &mut Decisions) {
    if !has_database(service, config) {
        no_database(service, config, decisions);
        return;
    }
    let engine = service
        .database
        .as_ref()
        .and_then(|database| database.engine);
    let reason = match engine {
        Some(DatabaseEngine::Sqlite) => {
            "SQLite's file would be lost with every release, and can't be shared by instances"
        }
        Some(_) => "what its settings use",
        None => "Django keeps users and sessions in one",
    };
    let source = Source::detected(database_place(service));
    decisions.choose("database", "PostgreSQL", source, reason);
}

fn database_place(service: &Service) -> Option<&taxiway_diagnostics::Place> {
    service
        .seen("database.engine")
        .or_else(|| service.seen("database"))
}

/// What works, and will hurt.
pub(super) fn warn(service: &Service, decisions: &mut Decisions) {
    if service
        .media
        .as_ref()
        .is_some_and(|media| media.storage == MediaStorage::Local)
    {
        decisions.warn(
            "uploads-on-local-disk",
            format!(
                "uploads are written to the local disk{}, which every release starts anew and instances don't share",
                at(service.seen("media.storage").or_else(|| service.seen("media")))
            ),
            if is_django(service) {
                "[environments.NAME] storage = true keeps them in a storage account, without a change of the code"
            } else {
                "store them in object storage"
            },
        );
    }
    // The built-in image has PostgreSQL's client library. Source: Oryx, Python run-time image.
    let missing: Vec<&str> = service
        .system_packages
        .iter()
        .map(String::as_str)
        .filter(|package| !matches!(*package, "libpq" | "git" | "zlib" | "libffi"))
        .collect();
    if !missing.is_empty() {
        decisions.warn(
            "system-packages",
            format!(
                "this project may need packages of the operating system{} that App Service's built-in image lacks: {}",
                at(service.seen("system_packages")),
                missing.join(", ")
            ),
            "wheels that bring their libraries along need none",
        );
    }
}
