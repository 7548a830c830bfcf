//! Several web services of one repository: which they are, what they share, and what each is given of its own.
//!
//! The service of `[app]` is decided as the only one of a repository would be. A further one is decided in the same way, from a
//! [`Config`] that says of it what `taxiway.toml` says in its table, so that nothing has to know of tables but this file.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use taxiway_app::{App, Service};
use taxiway_diagnostics::{Diagnostic, Severity};

use super::{Decisions, Own, Whole, database, own, service};
use crate::{
    CacheChoice, Config, Container, DatabaseChoice, DatabaseKind, DatabaseSettings, Hosting,
    Origin, Pipeline, Secret, SecretUse, ServiceDatabase, ServiceSettings, Setting, SignIn, Source,
    Supply, Tool, naming,
};

/// A service that is to be decided, and what is configured for it.
pub(super) struct Asked<'a> {
    /// A further service has the name and the settings of its table.
    table: Option<(&'a str, &'a ServiceSettings)>,
    pub(super) service: &'a Service,
    config: Cow<'a, Config>,
}

/// The services to give a platform: that of `[app]` first, which is the only one, or named, or the one left by `[services]`.
pub(super) fn asked<'a>(
    app: &'a App,
    config: &'a Config,
) -> Result<Vec<Asked<'a>>, Box<Diagnostic>> {
    let mut further = Vec::new();
    for (name, settings) in &config.services {
        let service = find(app, &settings.root)?;
        further.push(Asked {
            table: Some((name, settings)),
            service,
            config: Cow::Owned(config_of(config, name, settings, service)),
        });
    }
    let service = match &config.app.root {
        Some(root) => find(app, root)?,
        None => left(app, &further)?,
    };
    let mut asked = vec![Asked {
        table: None,
        service,
        config: Cow::Borrowed(config),
    }];
    asked.extend(further);
    Ok(asked)
}

fn find<'a>(
    app: &'a App,
    root: &Setting<camino::Utf8PathBuf>,
) -> Result<&'a Service, Box<Diagnostic>> {
    let is_there = |service: &&Service| service.root == root.value || service.app_dir == root.value;
    app.services.iter().find(is_there).ok_or_else(|| {
        refused(
            "no-service",
            format!(
                "there is no web service in `{}` ({})",
                root.value, root.place
            ),
            format!("services are in: {}", roots(app).join(", ")),
        )
    })
}

/// The service of `[app]` where nothing names it.
fn left<'a>(app: &'a App, further: &[Asked<'_>]) -> Result<&'a Service, Box<Diagnostic>> {
    let is_named = |service: &Service| further.iter().any(|it| std::ptr::eq(it.service, service));
    let mut left = app.services.iter().filter(|service| !is_named(service));
    match (left.next(), left.next()) {
        (Some(service), None) => Ok(service),
        (None, _) if further.is_empty() => Err(refused(
            "no-service",
            format!(
                "this repository is {} and holds no web service",
                service::describe(app.kind)
            ),
            app.warnings
                .first()
                .cloned()
                .unwrap_or_else(|| "`taxiway detect` shows what was found in it".to_owned()),
        )),
        (None, _) => Err(refused(
            "no-service",
            "every web service of this repository is a further one".to_owned(),
            "leave the table of the main one out of [services] in taxiway.toml".to_owned(),
        )),
        (Some(_), Some(_)) => Err(refused(
            "several-services",
            format!(
                "this repository holds several web services: {}",
                roots(app).join(", ")
            ),
            "choose the main one in taxiway.toml: [app] root = \"…\". It is the only one that is deployed, unless each of the \
             others that should be gets a table too: [services.NAME] root = \"…\""
                .to_owned(),
        )),
    }
}

fn roots(app: &App) -> Vec<String> {
    let roots = app.services.iter().map(|service| service.root.to_string());
    roots.collect()
}

fn refused(code: &'static str, message: String, help: String) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(Severity::Error, code, message).help(help))
}

/// What `taxiway.toml` says of a further service, said as of the only one.
fn config_of(config: &Config, name: &str, settings: &ServiceSettings, service: &Service) -> Config {
    let mut own = config.clone();
    own.app.root = Some(settings.root.clone());
    own.app.database = settings.database.as_ref().map(|database| Setting {
        value: match database.value {
            ServiceDatabase::Postgresql | ServiceDatabase::Shared => DatabaseChoice::Postgresql,
            ServiceDatabase::None => DatabaseChoice::None,
        },
        place: database.place.clone(),
    });
    let reads = |secret: &str| service.env.iter().any(|variable| variable.name == secret);
    own.app.secrets.retain(|secret| {
        reads(&secret.value)
            && !settings.variables.contains_key(&secret.value)
            && !settings.secrets.iter().any(|it| it.value == secret.value)
    });
    own.app.secrets.extend(settings.secrets.clone());
    own.variables.extend(settings.variables.clone());
    own.background.clone_from(&settings.background);
    let has_database = service::has_database(service, &own);
    for environment in own.environments.values_mut() {
        if !has_database {
            environment.database = DatabaseSettings::default();
        }
        environment.variables.extend(settings.variables.clone());
        let here = environment.services.get(name).cloned().unwrap_or_default();
        environment.variables.extend(here.variables);
        environment.domains = here.domains;
        environment.bind_domains = here.bind_domains;
        // Asked for, a Redis is that of the service of `[app]`; another service has one where its code reads an address.
        environment.cache = environment
            .cache
            .take()
            .filter(|it| it.value == CacheChoice::None);
    }
    own
}

/// What the services of a repository have to agree on.
pub(super) struct Together<'a> {
    pub(super) services: Vec<&'a Service>,
    /// How many have their databases on the server of the platform.
    pub(super) databases: u32,
    /// Whether the code of one opens its connections to it itself.
    pub(super) opens_itself: bool,
}

impl<'a> Together<'a> {
    pub(super) fn of(asked: &[Asked<'a>]) -> Self {
        let opens: Vec<database::Opens> = asked
            .iter()
            .map(|it| database::Opens::of(it.service, &it.config))
            .collect();
        let with_database = opens
            .iter()
            .filter(|it| **it != database::Opens::Nothing)
            .count();
        Self {
            services: asked.iter().map(|it| it.service).collect(),
            databases: u32::try_from(with_database).unwrap_or(u32::MAX),
            opens_itself: opens.contains(&database::Opens::Project),
        }
    }

    /// How many sites are on one plan.
    pub(super) fn sites(&self) -> u32 {
        u32::try_from(self.services.len()).unwrap_or(u32::MAX)
    }
}

/// Refuses what can't be given to several services.
pub(super) fn refuse(asked: &[Asked<'_>], config: &Config, decisions: &mut Decisions) {
    let Some((first, further)) = asked.split_first().filter(|(_, it)| !it.is_empty()) else {
        return;
    };
    let delivery = &config.delivery;
    let hosting = config.app.hosting.as_ref();
    for (what, place) in [
        (
            "hosting = \"container\"",
            hosting
                .filter(|it| it.value == Hosting::Container)
                .map(|it| &it.place),
        ),
        (
            "pipeline = \"cloud-build\"",
            (delivery.pipeline.as_ref())
                .filter(|it| it.value == Pipeline::CloudBuild)
                .map(|it| &it.place),
        ),
        (
            "container = \"docker\"",
            (delivery.container.as_ref())
                .filter(|it| it.value == Container::Docker)
                .map(|it| &it.place),
        ),
        (
            "deploy-with = \"azure-cli\"",
            (delivery.deploy_with.as_ref())
                .filter(|it| it.value == Tool::AzureCli)
                .map(|it| &it.place),
        ),
    ] {
        if let Some(place) = place {
            decisions.refuse(
                "not-for-several-services",
                format!("`{what}` ({place}) is written for one service only, and [services] names further ones"),
                "leave it out, or deploy one service alone: [app] root without [services]",
            );
        }
    }
    for (index, one) in asked.iter().enumerate() {
        if let Some(other) = asked[..index]
            .iter()
            .find(|it| it.service.root == one.service.root)
        {
            decisions.refuse(
                "services-in-one-folder",
                format!(
                    "{} and {} are both in `{}`: one folder is one package, with one gunicorn.conf.py and one requirements.taxiway.txt",
                    other.title(),
                    one.title(),
                    one.service.root
                ),
                "move one of them into a folder of its own, with its requirements",
            );
        }
    }
    let has_database = |it: &Asked<'_>| service::has_database(it.service, &it.config);
    for one in further.iter().filter(|it| has_database(it)) {
        if !has_database(first) {
            decisions.refuse(
                "database-of-a-further-service",
                format!(
                    "{} has a database, and the service of [app] in `{}` has none; the server comes with the database of that one",
                    one.title(),
                    first.service.root
                ),
                format!(
                    "make it the service of [app]: [app] root = \"{}\", and name the other one in [services]",
                    one.service.root
                ),
            );
        }
    }
}

impl Asked<'_> {
    fn title(&self) -> String {
        match self.table {
            Some((name, _)) => format!("service `{name}`"),
            None => "the service of [app]".to_owned(),
        }
    }
}

/// Decides a further service, and adds to what was decided what differs from the service of `[app]`.
pub(super) fn further(
    asked: &Asked<'_>,
    whole: &Whole<'_>,
    config: &Config,
    decisions: &mut Decisions,
) -> Option<Own> {
    let (name, settings) = asked.table?;
    let mut alone = Decisions::default();
    let decided = own(asked.service, &asked.config, whole, &mut alone);
    service::warn(asked.service, &mut alone);
    let decided = decided.map(|mut own| {
        own.web.name = Some(name.to_owned());
        name_database(name, settings, whole, &mut own, &mut alone);
        name_secrets(name, &mut own);
        name_identity(&own, &mut alone);
        for environment in &mut own.environments {
            for missing in &mut environment.missing {
                missing.help = in_words_of(name, &missing.help);
            }
        }
        own
    });
    take(name, alone, config, decisions);
    decided
}

/// A database of its own on the same server, or the one of the first service.
fn name_database(
    name: &str,
    settings: &ServiceSettings,
    whole: &Whole<'_>,
    own: &mut Own,
    decisions: &mut Decisions,
) {
    if !own.web.has_database {
        return;
    }
    let shared = settings
        .database
        .as_ref()
        .filter(|it| it.value == ServiceDatabase::Shared);
    if let Some(shared) = shared {
        own.web.shares_database = true;
        let database = naming::database(whole.workload);
        let reason = "that of the service of [app]; what one migrates, the other meets";
        decisions.configured("database.name", database, &shared.place, reason);
        return;
    }
    let database = naming::database(&format!("{}-{name}", whole.workload));
    for environment in &mut own.environments {
        environment.database.name.clone_from(&database);
    }
    let reason = format!(
        "one of its own on the same server, so that no service meets the tables of another; [services.{name}] database = \
         \"shared\" takes that of the service of [app]"
    );
    decisions.choose("database.name", database, Source::Default, reason);
}

/// Whom the service is to the vault and the server.
fn name_identity(own: &Own, decisions: &mut Decisions) {
    if own.web.shares_database {
        let reason = "whoever takes the database of the service of [app] is the same role in it, and reads the same secrets";
        decisions.choose(
            "identity",
            "that of the service of [app]",
            Source::Default,
            reason,
        );
        return;
    }
    let mut reason = "no service reads the secrets of another".to_owned();
    if own.web.has_database {
        reason.push_str(", or opens its database");
        let by_password = own.environments.iter().filter(|it| {
            it.database.kind == DatabaseKind::New && it.database.sign_in == SignIn::Password
        });
        let names: Vec<&str> = by_password.map(|it| it.name.as_str()).collect();
        if !names.is_empty() {
            let names = names.join(", ");
            reason.push_str("; but all sign in by the server's one password in ");
            reason.push_str(&names);
            reason.push_str(", which opens every database of the server");
        }
    }
    decisions.choose("identity", "its own", Source::Default, reason);
}

/// Each service has a key of its own, and the address of its own database. The server has one login, and what a person
/// gives under one name is one secret.
fn name_secrets(name: &str, own: &mut Own) {
    let shares_database = own.web.shares_database;
    let is_own = |secret: &Secret| match secret.needed_for {
        SecretUse::App => matches!(secret.origin, Origin::Generated { .. }),
        SecretUse::DatabasePassword => false,
        SecretUse::DatabaseUrl | SecretUse::DatabaseDirectUrl => !shares_database,
    };
    for secret in own.secrets.iter_mut().filter(|it| is_own(it)) {
        let before = secret.parameter.clone();
        let mut letters = before.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        secret.parameter = naming::symbol(name);
        secret.parameter.extend(first);
        secret.parameter.extend(letters);
        secret.name = format!("{name}-{}", secret.name);
        secret.variable = format!(
            "{}_{}",
            name.to_uppercase().replace('-', "_"),
            secret.variable
        );
        for variable in &mut own.web.variables {
            if let Supply::Secret { parameter } = &mut variable.supply
                && *parameter == before
            {
                parameter.clone_from(&secret.parameter);
            }
        }
    }
}

/// Adds what was decided for a further service alone. What all share has been told already.
fn take(name: &str, alone: Decisions, config: &Config, decisions: &mut Decisions) {
    let is_own = |key: &str| {
        let environments = config.environments.keys().map(String::as_str);
        let here = environments
            .chain(["local"])
            .find_map(|it| key.strip_prefix(it)?.strip_prefix('.'));
        match here {
            Some(what) => {
                matches!(what, "workers" | "domains" | "cache" | "storage")
                    || what.starts_with("variables.")
            }
            None => !matches!(key, "hosting" | "data-residency"),
        }
    };
    for mut choice in alone.choices.into_iter().filter(|it| is_own(&it.key)) {
        choice.key = format!("services.{name}.{}", choice.key);
        choice.reason = in_words_of(name, &choice.reason);
        if choice.key.ends_with(".cache") && choice.value == "redis" {
            choice.reason.push_str(ONE_REDIS_EACH);
        }
        if choice.key.ends_with(".storage") && choice.value == "true" {
            choice.reason = format!("{}; {}", choice.reason, containers_of(name));
        }
        decisions.choices.push(choice);
    }
    for (from, to) in [
        (alone.errors, &mut decisions.errors),
        (alone.warnings, &mut decisions.warnings),
    ] {
        for mut diagnostic in from {
            if to.iter().any(|it| it.message == diagnostic.message) {
                continue;
            }
            diagnostic.message = format!("service `{name}`: {}", diagnostic.message);
            diagnostic.help = diagnostic.help.map(|help| in_words_of(name, &help));
            to.push(diagnostic);
        }
    }
}

/// Source: Azure Managed Redis documentation, a database per instance, and its access keys.
const ONE_REDIS_EACH: &str = "; one of its own, because a Redis of Azure has one database, in which two services would take each \
     other's tasks, and one key, which opens all of it";

fn containers_of(name: &str) -> String {
    format!("in containers of its own, `{name}-media` and `{name}-static`")
}

/// What `[app]` says of its service, `[services.NAME]` says of this one.
fn in_words_of(name: &str, text: &str) -> String {
    let table = format!("[services.{name}");
    text.replace("[app] secrets", &format!("{table}] secrets"))
        .replace("[app] database", &format!("{table}] database"))
        .replace("[variables]", &format!("{table}.variables]"))
        .replace(
            "[environments.local.variables]",
            &format!("[environments.local.services.{name}.variables]"),
        )
        .replace("[background.", &format!("{table}.background."))
}
