//! One web service: whether it can be given a platform, and how it runs.

mod backing;
mod database;
mod files;
mod framework;

use taxiway_app::{FrameworkName, Interface, Kind, MediaStorage, Port, Service};

use super::{Decisions, at, server_configuration, variables};
use crate::{Config, Hosting, Server, Source, WebService};
pub(super) use backing::cache_settings;
pub(super) use database::has_database;
use framework::is_django;

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
    framework::refuse(service, decisions);
    if has_database(service, config) {
        database::refuse(service, config, decisions);
    }
    for backing in service.backing.iter().filter(|backing| backing.required) {
        backing::refuse(service, backing, config, decisions);
    }
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
    let static_files = files::static_files(service, decisions);
    database::choose(service, config, decisions);
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
        framework: framework::describe(service),
        django: service
            .framework
            .as_ref()
            .filter(|_| is_django)
            .and_then(|framework| framework.version.clone()),
        server,
        port: port(service, config, decisions),
        paste: framework::paste(service),
        static_files,
        builds_frontend: files::frontend(service, config, decisions),
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
