//! Which frameworks' applications can be given a platform, and what they are called.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_app::{Entrypoint, FrameworkName, Service};

use super::super::{Decisions, at};

pub(super) fn refuse(service: &Service, decisions: &mut Decisions) {
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

pub(super) fn describe(service: &Service) -> String {
    let framework = service.framework.as_ref();
    let name = name_of(framework.map_or(FrameworkName::Django, |framework| framework.name));
    match framework.and_then(|framework| framework.version.as_deref()) {
        Some(version) => format!("{name} {version}"),
        None => name.to_owned(),
    }
}

pub(super) fn is_django(service: &Service) -> bool {
    service
        .framework
        .as_ref()
        .is_some_and(|framework| framework.name == FrameworkName::Django)
}

/// The file of Paste that makes Pyramid's application, where its factory wants what such a file says.
pub(super) fn paste(service: &Service) -> Option<Utf8PathBuf> {
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
