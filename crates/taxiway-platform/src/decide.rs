//! From what was read and what was configured to the platform.

mod background;
mod database;
mod delivery;
mod domains;
mod environments;
mod off_hours;
mod plan;
mod resources;
mod service;
mod variables;
mod workers;

use taxiway_app::{App, Service};
use taxiway_diagnostics::{Diagnostic, Place, Severity};

use crate::platform::PLATFORM_SCHEMA;
use crate::{Choice, Config, Hosting, Platform, Server, Setting, Source, naming};

/// Decides what the app gets.
///
/// # Errors
/// Why it can't be given any platform, all reasons at once: another framework than Django, no service or several, a
/// database or another service that can't be provided, a Python that is not on offer.
///
/// Variables that nobody sets are no error here: they stand in [`crate::Environment::missing`].
pub fn decide(app: &App, config: &Config) -> Result<Platform, Vec<Diagnostic>> {
    let mut decisions = Decisions::default();
    let service = service::only_service(app, config).map_err(|diagnostic| vec![*diagnostic])?;
    service::refuse(service, config, &mut decisions);
    let name = name(service, config, &mut decisions);
    let workload = naming::workload(&name);
    let web = service::web_service(service, config, &mut decisions);
    let (variables, mut secrets) = variables::decide(service, config, &mut decisions);
    let (hosting, data_residency) = shared(config, &mut decisions);
    let background = background::decide(service, config, hosting, &mut decisions);
    let environments = environments::decide(
        service,
        config,
        &background,
        &workload,
        &variables,
        web.as_ref().map_or(Server::Gunicorn, |web| web.server),
        &mut decisions,
    );
    secrets.retain(|secret| environments.iter().any(|it| secret.is_in(it)));
    let delivery = delivery::decide(service, config, &mut decisions);
    off_hours::need_a_pipeline(config, &delivery, &mut decisions);
    service::warn(service, &mut decisions);
    match web {
        Some(mut web) if decisions.errors.is_empty() => {
            web.variables = variables;
            Ok(Platform {
                schema: PLATFORM_SCHEMA.to_owned(),
                name,
                workload,
                service: web,
                background,
                hosting,
                data_residency,
                secrets,
                environments,
                delivery,
                choices: decisions.choices,
                warnings: decisions.warnings,
            })
        }
        _ => Err(decisions.errors),
    }
}

fn name(service: &Service, config: &Config, decisions: &mut Decisions) -> String {
    match &config.app.name {
        Some(name) => decisions.configured("name", &name.value, &name.place, "configured"),
        None => {
            let name = if service.name.is_empty() {
                "app"
            } else {
                &service.name
            };
            let source = Source::detected(service.seen("name"));
            decisions.choose("name", name, source, "the project's own name")
        }
    }
}

/// What is the same in every environment and comes from `taxiway.toml` alone.
fn shared(config: &Config, decisions: &mut Decisions) -> (Hosting, Vec<String>) {
    let hosting = config.app.hosting.as_ref();
    if let Some(hosting) = hosting {
        let value = match hosting.value {
            Hosting::Code => "code",
            Hosting::Container => "container",
        };
        decisions.configured("hosting", value, &hosting.place, "configured");
        if hosting.value == Hosting::Container {
            decisions.warn(
                "container-not-rolled-out",
                format!(
                    "`hosting = \"container\"` ({}): registry and site are written, but no command builds and rolls out images yet",
                    hosting.place
                ),
                "push the image to the registry, and deploy the infrastructure with TAXIWAY_IMAGE set to it",
            );
        }
    }
    let residency = &config.app.data_residency;
    if let Some(first) = residency.first() {
        let reason = "a policy keeps resources out of all other regions";
        decisions.configured("data-residency", list(residency), &first.place, reason);
    }
    (
        hosting.map(|hosting| hosting.value).unwrap_or_default(),
        residency
            .iter()
            .map(|region| region.value.clone())
            .collect(),
    )
}

/// `one, two`
fn list(settings: &[Setting<String>]) -> String {
    let values: Vec<&str> = settings
        .iter()
        .map(|setting| setting.value.as_str())
        .collect();
    values.join(", ")
}

/// What has been decided so far.
#[derive(Debug, Default)]
struct Decisions {
    choices: Vec<Choice>,
    warnings: Vec<Diagnostic>,
    errors: Vec<Diagnostic>,
}

impl Decisions {
    fn choose(
        &mut self,
        key: impl Into<String>,
        value: impl Into<String>,
        source: Source,
        reason: impl Into<String>,
    ) -> String {
        let value = value.into();
        self.choices.push(Choice {
            key: key.into(),
            value: value.clone(),
            source,
            reason: reason.into(),
        });
        value
    }

    fn configured(
        &mut self,
        key: impl Into<String>,
        value: impl Into<String>,
        place: &Place,
        reason: &str,
    ) -> String {
        let source = Source::Configured {
            place: place.clone(),
        };
        self.choose(key, value, source, reason)
    }

    /// A refusal. It has no location of its own: what it is about was read earlier, and its message names the place.
    fn refuse(&mut self, code: &'static str, message: impl Into<String>, help: impl Into<String>) {
        self.errors
            .push(Diagnostic::new(Severity::Error, code, message).help(help));
    }

    /// Something that will hurt; about a place as a refusal is.
    fn warn(&mut self, code: &'static str, message: impl Into<String>, help: impl Into<String>) {
        self.warnings
            .push(Diagnostic::new(Severity::Warning, code, message).help(help));
    }
}

/// ` (path:line)` where a fact was seen; nothing where that is unknown.
fn at(place: Option<&Place>) -> String {
    place.map(|place| format!(" ({place})")).unwrap_or_default()
}
