//! From what was read and what was configured to the platform.

mod background;
mod database;
mod delivery;
mod domains;
mod environments;
mod installation;
mod off_hours;
mod plan;
mod resources;
mod server_configuration;
mod service;
mod several;
mod variables;
mod workers;

use taxiway_app::{App, Service};
use taxiway_diagnostics::{Diagnostic, Place, Severity};

use crate::platform::PLATFORM_SCHEMA;
use crate::{
    BackgroundProcess, Choice, Config, Environment, Hosting, Platform, Secret, Server, Setting,
    Source, WebService, naming,
};

/// Decides what the app gets.
///
/// # Errors
/// Why it can't be given any platform, all reasons at once: a framework that is its own server, no service or several of which
/// none was chosen, a database or another service that can't be provided, a Python that is not on offer.
///
/// Variables that nobody sets are no error here: they stand in [`crate::Environment::missing`].
pub fn decide(app: &App, config: &Config) -> Result<Platform, Vec<Diagnostic>> {
    let mut decisions = Decisions::default();
    let asked = several::asked(app, config).map_err(|diagnostic| vec![*diagnostic])?;
    let together = several::Together::of(&asked);
    let (first, further) = asked.split_first().expect("one service at least");
    several::refuse(&asked, config, &mut decisions);
    let service = first.service;
    let name = name(service, config, &mut decisions);
    let workload = naming::workload(&name);
    let (hosting, data_residency) = (hosting(config), residency(config));
    let whole = Whole {
        workload: &workload,
        hosting,
        together: &together,
    };
    let own = own(service, config, &whole, &mut decisions);
    let delivery = delivery::decide(service, config, &mut decisions);
    off_hours::need_a_pipeline(config, &delivery, &mut decisions);
    service::warn(service, &mut decisions);
    let further: Vec<Option<Own>> = further
        .iter()
        .map(|asked| several::further(asked, &whole, config, &mut decisions))
        .collect();
    let (Some(own), Some(further), true) = (
        own,
        further.into_iter().collect::<Option<Vec<Own>>>(),
        decisions.errors.is_empty(),
    ) else {
        return Err(decisions.errors);
    };
    let platform = |own: Own| Platform {
        schema: PLATFORM_SCHEMA.to_owned(),
        name: name.clone(),
        workload: workload.clone(),
        service: own.web,
        background: own.background,
        hosting,
        data_residency: data_residency.clone(),
        secrets: own.secrets,
        environments: own.environments,
        delivery: delivery.clone(),
        further: Vec::new(),
        choices: Vec::new(),
        warnings: Vec::new(),
    };
    let mut decided = platform(own);
    decided.further = further.into_iter().map(platform).collect();
    decided.choices = decisions.choices;
    decided.warnings = decisions.warnings;
    Ok(decided)
}

/// What the services of one application share.
struct Whole<'a> {
    workload: &'a str,
    hosting: Hosting,
    together: &'a several::Together<'a>,
}

/// What is decided for each service.
struct Own {
    web: WebService,
    background: Vec<BackgroundProcess>,
    secrets: Vec<Secret>,
    environments: Vec<Environment>,
}

/// Decides what one service gets; `None` with the reason among the errors.
fn own(
    service: &Service,
    config: &Config,
    whole: &Whole<'_>,
    decisions: &mut Decisions,
) -> Option<Own> {
    service::refuse(service, config, decisions);
    installation::refuse(service, decisions);
    let web = service::web_service(service, config, decisions);
    let (variables, mut secrets) = variables::decide(service, config, decisions);
    explain_shared(config, decisions);
    let background = background::decide(service, config, whole.hosting, decisions);
    let environments = environments::decide(
        service,
        config,
        &background,
        whole,
        &variables,
        web.as_ref().map_or(Server::Gunicorn, |web| web.server),
        decisions,
    );
    secrets.retain(|secret| environments.iter().any(|it| secret.is_in(it)));
    let mut web = web?;
    web.variables = variables;
    Some(Own {
        web,
        background,
        secrets,
        environments,
    })
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

fn hosting(config: &Config) -> Hosting {
    let hosting = config.app.hosting.as_ref();
    hosting.map(|hosting| hosting.value).unwrap_or_default()
}

fn residency(config: &Config) -> Vec<String> {
    let regions = &config.app.data_residency;
    regions.iter().map(|region| region.value.clone()).collect()
}

/// Tells what is the same in every environment and comes from `taxiway.toml` alone.
fn explain_shared(config: &Config, decisions: &mut Decisions) {
    if let Some(hosting) = &config.app.hosting {
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
