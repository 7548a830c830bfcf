//! The environments: how much each gets, under which names, and which variables it still lacks.

use indexmap::IndexMap;
use taxiway_app::{MediaStorage, Service};
use taxiway_diagnostics::Place;

use super::{
    Decisions, Whole, at, background, database, domains, list, off_hours, plan, resources,
    server_configuration, service, several, workers,
};
use crate::python::Chosen;
use crate::regions::DEFAULT_REGION;
use crate::{
    BackgroundProcess, Config, Environment, EnvironmentKind, EnvironmentSettings, MissingVariable,
    Python, Server, Size, Source, Supply, Variable, naming, python,
};

/// What one environment is decided from.
pub(super) struct Asked<'a> {
    pub(super) name: &'a str,
    pub(super) is_local: bool,
    pub(super) is_production: bool,
    pub(super) settings: &'a EnvironmentSettings,
    pub(super) size: Size,
    pub(super) region: &'a str,
}

impl Asked<'_> {
    /// `production.WHAT`
    pub(super) fn key(&self, what: &str) -> String {
        format!("{}.{what}", self.name)
    }
}

/// What every environment shares.
struct Shared<'a> {
    config: &'a Config,
    workload: &'a str,
    variables: &'a [Variable],
    cache_settings: &'a [String],
    stores_in_azure: Option<&'a Place>,
    server: Server,
    /// The threads that the project's own configuration asks for.
    own_threads: Option<u32>,
    opens_connections: database::Opens,
    python: Chosen,
    together: &'a several::Together<'a>,
    background: &'a [BackgroundProcess],
}

/// `local` first, the others as `taxiway.toml` orders them.
pub(super) fn decide(
    service: &Service,
    config: &Config,
    background: &[BackgroundProcess],
    whole: &Whole<'_>,
    variables: &[Variable],
    server: Server,
    decisions: &mut Decisions,
) -> Vec<Environment> {
    let python = match python::choose_for_all(&whole.together.services) {
        Ok(python) => python,
        Err(none) => {
            decisions.refuse(
                "python-not-offered",
                format!(
                    "this project needs Python {}{}, and App Service offers {}",
                    none.constraint,
                    at(none.place.as_ref()),
                    python::OFFERED.join(", ")
                ),
                none.help,
            );
            return Vec::new();
        }
    };
    let cache_settings = service::cache_settings(service, config);
    let shared = Shared {
        config,
        workload: whole.workload,
        variables,
        cache_settings: &cache_settings,
        stores_in_azure: service
            .media
            .as_ref()
            .filter(|media| media.storage == MediaStorage::Azure)
            .and_then(|_| {
                service
                    .seen("media.storage")
                    .or_else(|| service.seen("media"))
            }),
        server,
        own_threads: server_configuration::threads(service),
        opens_connections: database::Opens::of(service, config).beside(whole.together),
        python,
        together: whole.together,
        background,
    };
    let nothing = EnvironmentSettings::default();
    let local = config.environments.get("local").unwrap_or(&nothing);
    let mut environments = vec![shared.environment("local", local, decisions)];
    for (name, settings) in config
        .environments
        .iter()
        .filter(|(name, _)| *name != "local")
    {
        environments.push(shared.environment(name, settings, decisions));
    }
    environments
}

impl Shared<'_> {
    fn environment(
        &self,
        name: &str,
        settings: &EnvironmentSettings,
        decisions: &mut Decisions,
    ) -> Environment {
        let is_local = name == "local";
        let is_production = name == "production";
        let size = size(name, settings, decisions);
        let region = self.region(name, settings, decisions);
        self.check_residency(name, &region, is_local, decisions);
        let asked = Asked {
            name,
            is_local,
            is_production,
            settings,
            size,
            region: &region,
        };
        let resource_group = decisions.choose(
            format!("{name}.resource-group"),
            naming::resource_group(self.workload, name),
            Source::Default,
            "abbreviation, application, environment, as the Cloud Adoption Framework names them",
        );
        let network = resources::network(&asked, decisions);
        let cache = resources::cache(&asked, self.cache_settings, decisions);
        let storage = resources::storage(&asked, self.stores_in_azure, decisions);
        let alerts = resources::alerts(&asked, decisions);
        let budget = resources::budget(&asked, decisions);
        let is_locked = resources::lock(&asked, decisions);
        let plan = plan::plan(&asked, decisions);
        let database = database::database(
            &asked,
            self.workload,
            &self.config.app.data_residency,
            &self.opens_connections,
            decisions,
        );
        let runs_background = background::runs(&asked, self.background, decisions);
        let workers = workers::workers(
            &asked,
            self.config,
            (self.server, self.own_threads),
            (&plan, &database, self.together),
            if runs_background {
                self.background
            } else {
                &[]
            },
            decisions,
        );
        Environment {
            name: name.to_owned(),
            kind: if is_local {
                EnvironmentKind::Local
            } else {
                EnvironmentKind::Azure
            },
            network,
            cache,
            storage,
            alerts,
            budget,
            is_locked,
            off_hours: off_hours::off_hours(&asked, &database, decisions),
            plan,
            database,
            workers,
            runs_background,
            missing: self.missing(&asked),
            resource_group,
            tags: self.tags(),
            size,
            python: self.python(name, settings, decisions),
            https: !is_local,
            binds_domains: domains::bound(&asked, decisions),
            domains: settings
                .domains
                .iter()
                .map(|domain| domain.value.to_lowercase())
                .collect(),
            log_retention_days: if is_production { 90 } else { 30 },
            log_quota_gb: (!is_production).then_some(1),
            purge_protection: is_production,
            soft_delete_days: if is_production { 90 } else { 7 },
            variables: self.variables(name, settings, decisions),
            region,
        }
    }

    /// Locally nothing lies in a region; production's keeps the shape the same.
    fn region(
        &self,
        name: &str,
        settings: &EnvironmentSettings,
        decisions: &mut Decisions,
    ) -> String {
        let key = format!("{name}.region");
        let production = self.config.environments.get("production");
        if let Some(region) = &settings.region {
            return decisions.configured(key, &region.value, &region.place, "configured");
        }
        match production.and_then(|production| production.region.as_ref()) {
            Some(region) => {
                decisions.configured(key, &region.value, &region.place, "the same as production")
            }
            None => decisions.choose(
                key,
                DEFAULT_REGION,
                Source::Default,
                "in the European Union, with availability zones and every size used here",
            ),
        }
    }

    fn check_residency(&self, name: &str, region: &str, is_local: bool, decisions: &mut Decisions) {
        let allowed = &self.config.app.data_residency;
        if is_local || allowed.is_empty() || allowed.iter().any(|it| it.value == region) {
            return;
        }
        decisions.refuse(
            "region-against-residency",
            format!(
                "environment `{name}` is in {region}, and data may be in {} only ({})",
                list(allowed),
                allowed[0].place
            ),
            format!(
                "choose one of them: [environments.{name}] region = \"{}\"",
                allowed[0].value
            ),
        );
    }

    fn python(
        &self,
        name: &str,
        settings: &EnvironmentSettings,
        decisions: &mut Decisions,
    ) -> Python {
        let key = format!("{name}.python");
        let constraint = self.python.constraint.clone();
        let Some(configured) = &settings.python else {
            let source = Source::detected(&self.python.places);
            let reason = self.python.reason.clone();
            return Python {
                version: decisions.choose(key, self.python.version, source, reason),
                constraint,
            };
        };
        let python = Python {
            version: configured.value.clone(),
            constraint,
        };
        if !python.accepts(&configured.value) {
            decisions.refuse(
                "python-against-constraint",
                format!(
                    "`python = \"{}\"` ({}) is not among the versions that the project accepts: {}",
                    configured.value,
                    configured.place,
                    python.constraint.as_deref().unwrap_or_default()
                ),
                format!("{} would do", self.python.version),
            );
        }
        decisions.configured(key, &configured.value, &configured.place, "configured");
        python
    }

    fn tags(&self) -> IndexMap<String, String> {
        let app = &self.config.app;
        [
            ("owner", &app.owner),
            ("cost-centre", &app.cost_centre),
            ("data-classification", &app.data_classification),
        ]
        .into_iter()
        .filter_map(|(name, tag)| Some((name.to_owned(), tag.as_ref()?.value.clone())))
        .collect()
    }

    fn variables(
        &self,
        name: &str,
        settings: &EnvironmentSettings,
        decisions: &mut Decisions,
    ) -> IndexMap<String, String> {
        let mut variables = IndexMap::new();
        for (variable, setting) in self.config.variables.iter().chain(&settings.variables) {
            variables.insert(variable.clone(), setting);
        }
        variables
            .into_iter()
            .map(|(variable, setting)| {
                let key = format!("{name}.variables.{variable}");
                let value = decisions.configured(key, &setting.value, &setting.place, "configured");
                (variable, value)
            })
            .collect()
    }

    /// What startup needs and nobody gives, in this environment.
    fn missing(&self, asked: &Asked<'_>) -> Vec<MissingVariable> {
        let settings = asked.settings;
        let has_cache = resources::has_cache(asked, self.cache_settings);
        let is_given = |name: &str| {
            settings.variables.contains_key(name) || self.config.variables.contains_key(name)
        };
        self.variables
            .iter()
            .filter(|variable| match variable.supply {
                Supply::Missing => true,
                // Configured in some environment, which may not be this one.
                Supply::Configured => variable.required && !is_given(&variable.name),
                Supply::Secret { .. }
                    if !has_cache && self.cache_settings.contains(&variable.name) =>
                {
                    variable.required && !is_given(&variable.name)
                }
                Supply::Database { .. }
                | Supply::Hosts
                | Supply::Platform { .. }
                | Supply::Secret { .. }
                | Supply::Runtime
                | Supply::Default => false,
            })
            .map(|variable| MissingVariable {
                name: variable.name.clone(),
                secret: variable.secret,
                places: variable.places.clone(),
                help: if self.cache_settings.contains(&variable.name) {
                    help_for_cache(&variable.name, asked.name)
                } else {
                    help_for(variable)
                },
            })
            .collect()
    }
}

fn help_for(variable: &Variable) -> String {
    let name = &variable.name;
    if variable.secret {
        format!(
            "in taxiway.toml: [app] secrets = [\"{name}\"]; its value goes into the variable {name} where taxiway runs"
        )
    } else {
        format!("in taxiway.toml: [variables] {name} = \"…\"")
    }
}

/// The local cloud has no Redis, and an environment may have none on purpose.
fn help_for_cache(variable: &str, environment: &str) -> String {
    if environment == "local" {
        format!(
            "the local cloud has no Redis; run one and say where in taxiway.toml: [environments.local.variables] \
             {variable} = \"redis://localhost:6379/0\""
        )
    } else {
        format!("in taxiway.toml: [environments.{environment}] cache = \"redis\"")
    }
}

fn size(name: &str, settings: &EnvironmentSettings, decisions: &mut Decisions) -> Size {
    let key = format!("{name}.size");
    if let Some(size) = &settings.size {
        decisions.configured(key, size.value.name(), &size.place, "configured");
        return size.value;
    }
    let (size, reason) = match name {
        "production" => (
            Size::Small,
            "two instances: one serves while the other is updated",
        ),
        "local" => (Size::Dev, "it is this machine"),
        _ => (Size::Dev, "nobody depends on it"),
    };
    decisions.choose(key, size.name(), Source::Default, reason);
    size
}
