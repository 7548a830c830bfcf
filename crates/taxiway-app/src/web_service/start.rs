//! Entry point, interface, server and port.

use super::WebReading;
use crate::document::{Entrypoint, FrameworkName, Interface, Port};
use crate::start;

impl WebReading<'_> {
    pub(super) fn entrypoint(&mut self) {
        let framework = self.app.framework;
        let entry = match framework {
            _ if self.app.symbol.is_empty() => Entrypoint::Script(self.app.file.clone()),
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
        // Sanic's and others' applications speak ASGI as well, where such a server runs them.
        let is_served_by_asgi = framework == FrameworkName::Sanic
            && self
                .base
                .start
                .as_ref()
                .is_some_and(|start| start.interface == Interface::Asgi);
        let native = if is_served_by_asgi {
            Interface::Asgi
        } else {
            native
        };
        self.base.service.interface = Some(native);
        self.base.saw("interface", [self.app.place.clone()]);
        let started = self.base.start.as_ref().map(|start| {
            let is_granian =
                start.is_litestar && self.base.installation.installs("litestar-granian");
            if is_granian {
                "granian".to_owned()
            } else {
                start.server.clone()
            }
        });
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
            self.base.saw("port", [self.app.place.clone()]);
        }
    }

    /// `uvicorn.run(…)` in the module, or `waitress.serve(…)`.
    pub(super) fn run_by_code(&self) -> Option<String> {
        let text = self.base.repository.text(&self.app.file)?;
        if text.contains("uvicorn.run(") {
            return Some("uvicorn".to_owned());
        }
        (text.contains("waitress") && text.contains("serve(")).then(|| "waitress".to_owned())
    }

    /// `app.run(port=…)`, `uvicorn.run(…, port=…)`, and the port that compose services publish.
    pub(super) fn port_by_code(&mut self) {
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
            let place = self.base.start.as_ref().map(|start| start.place.clone());
            self.base.saw("port", place);
        }
    }
}
