//! The environments: how much each gets, under which names, and which variables it still lacks.

use indexmap::IndexMap;
use taxiway_app::Service;

use super::{Decisions, at};
use crate::platform::{DEFAULT_REGION, database_tier};
use crate::python::Chosen;
use crate::{
    Config, Database, Environment, EnvironmentKind, EnvironmentSettings, MissingVariable, Plan,
    Python, Size, Source, Supply, Variable, naming, python,
};

/// What every environment shares.
struct Shared<'a> {
    config: &'a Config,
    workload: &'a str,
    variables: &'a [Variable],
    python: Chosen,
}

/// `local` first, the others as `taxiway.toml` orders them.
pub(super) fn decide(
    service: &Service,
    config: &Config,
    workload: &str,
    variables: &[Variable],
    decisions: &mut Decisions,
) -> Vec<Environment> {
    let python = match python::choose(service) {
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
    let shared = Shared {
        config,
        workload,
        variables,
        python,
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
        let resource_group = decisions.choose(
            format!("{name}.resource-group"),
            naming::resource_group(self.workload, name),
            Source::Default,
            "abbreviation, application, environment, as the Cloud Adoption Framework names them",
        );
        Environment {
            name: name.to_owned(),
            kind: if is_local {
                EnvironmentKind::Local
            } else {
                EnvironmentKind::Azure
            },
            region,
            resource_group,
            tags: self.tags(),
            size,
            python: self.python(name, settings, decisions),
            plan: plan(name, size, is_local, decisions),
            database: self.database(name, settings, size, decisions),
            https: !is_local,
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
            missing: self.missing(settings),
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

    fn database(
        &self,
        name: &str,
        settings: &EnvironmentSettings,
        size: Size,
        decisions: &mut Decisions,
    ) -> Database {
        let database = &settings.database;
        let key = |what: &str| format!("{name}.database.{what}");
        let facts = size.facts();
        let sku = match &database.sku {
            Some(sku) => decisions.configured(key("sku"), &sku.value, &sku.place, "configured"),
            // Backups on demand, which a rollout makes as restore points, exist from General Purpose on.
            None if name == "local" => decisions.choose(
                key("sku"),
                Size::Small.facts().database_sku,
                Source::Default,
                "the least that has backups on demand; it costs nothing here",
            ),
            None => {
                let reason = format!("size = \"{size}\"");
                decisions.choose(key("sku"), facts.database_sku, Source::Default, reason)
            }
        };
        let version = match &database.version {
            Some(version) => {
                decisions.configured(key("version"), &version.value, &version.place, "configured")
            }
            None => decisions.choose(
                key("version"),
                "16",
                Source::Default,
                "supported until November 2028, and by every Django that is",
            ),
        };
        let storage_gb = match &database.storage {
            Some(storage) => storage.value,
            None if name == "local" => Size::Dev.facts().storage_gb,
            None => facts.storage_gb,
        };
        let backup_days = match &database.backup_days {
            Some(days) => days.value,
            None if name == "production" => 14,
            None => 7,
        };
        Database {
            version,
            tier: database_tier(&sku).unwrap_or("GeneralPurpose").to_owned(),
            sku,
            storage_gb,
            backup_days,
            name: naming::database(self.workload),
            login: format!("{}_owner", naming::database(self.workload)),
        }
    }

    fn tags(&self) -> IndexMap<String, String> {
        let app = &self.config.app;
        [("owner", &app.owner), ("cost-centre", &app.cost_centre)]
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
    fn missing(&self, settings: &EnvironmentSettings) -> Vec<MissingVariable> {
        let is_given = |name: &str| {
            settings.variables.contains_key(name) || self.config.variables.contains_key(name)
        };
        self.variables
            .iter()
            .filter(|variable| match variable.supply {
                Supply::Missing => true,
                // Configured in some environment, which may not be this one.
                Supply::Configured => variable.required && !is_given(&variable.name),
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
                help: help_for(variable),
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

fn plan(name: &str, size: Size, is_local: bool, decisions: &mut Decisions) -> Plan {
    let facts = size.facts();
    let (sku, instances) = if is_local {
        (Size::Dev.facts().plan_sku, 1)
    } else {
        (facts.plan_sku, facts.instances)
    };
    let value = if instances == 1 {
        format!("{sku}, 1 instance")
    } else {
        format!("{sku}, {instances} instances")
    };
    let reason =
        format!("size = \"{size}\"; deployment slots, which a rollout needs, start at Standard");
    decisions.choose(format!("{name}.plan"), value, Source::Default, reason);
    Plan {
        sku: sku.to_owned(),
        instances,
    }
}
