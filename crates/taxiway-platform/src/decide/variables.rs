//! The variables that the project's settings read, and where each gets its value.

use taxiway_app::{DatabaseConfig, EnvironmentVariable, FrameworkName, Service};

use super::Decisions;
use crate::{
    Config, DatabaseKind, EnvironmentSettings, Origin, Part, Secret, SecretUse, Source, Supply,
    Variable,
};

/// The setting that holds Django's key where the project itself reads none.
const DEFAULT_KEY_SETTING: &str = "DJANGO_SECRET_KEY";

/// What stands for the secret that the cache's own module writes: it is no parameter, and nobody gives it.
const CACHE_URL: &str = "cacheUrl";

/// Where each variable gets its value, and what is kept in the vault.
pub(super) fn decide(
    service: &Service,
    config: &Config,
    decisions: &mut Decisions,
) -> (Vec<Variable>, Vec<Secret>) {
    let secrets = secrets(service, config);
    let mut names: Vec<&EnvironmentVariable> = service.env.iter().collect();
    names.sort_by(|one, other| one.name.cmp(&other.name));
    let variables: Vec<Variable> = names
        .into_iter()
        .map(|variable| Variable {
            name: variable.name.clone(),
            secret: variable.secret,
            required: variable.required,
            default: variable.default.clone(),
            places: variable.places.clone(),
            supply: supply(variable, service, config, &secrets),
        })
        .collect();
    explain(service, &variables, &secrets, decisions);
    warn_about_plain_secrets(&variables, config, decisions);
    (variables, secrets)
}

/// `taxiway.toml` is committed, so a credential in it is one that everybody reads.
fn warn_about_plain_secrets(variables: &[Variable], config: &Config, decisions: &mut Decisions) {
    let environments = config
        .environments
        .values()
        .map(|environment| &environment.variables);
    for settings in std::iter::once(&config.variables).chain(environments) {
        for variable in variables.iter().filter(|variable| variable.secret) {
            if let Some(setting) = settings.get(&variable.name) {
                let name = &variable.name;
                decisions.warn(
                    "secret-in-plain-text",
                    format!(
                        "{name} looks like a credential, and stands in the open ({})",
                        setting.place
                    ),
                    format!("keep it in the vault: [app] secrets = [\"{name}\"]"),
                );
            }
        }
    }
}

fn explain(
    service: &Service,
    variables: &[Variable],
    secrets: &[Secret],
    decisions: &mut Decisions,
) {
    // What belongs to the database is told with the database.
    for secret in secrets
        .iter()
        .filter(|it| it.needed_for != SecretUse::DatabaseDirectUrl)
    {
        let Some(setting) = &secret.setting else {
            continue;
        };
        let read = service
            .env
            .iter()
            .find(|variable| variable.name == *setting);
        let places = read
            .map(|variable| variable.places.as_slice())
            .unwrap_or_default();
        let (value, reason) = match secret.origin {
            Origin::Generated { .. } => (
                "generated",
                "made on the first deployment, kept in the vault",
            ),
            Origin::Supplied => (
                "from you",
                "read once where taxiway runs, kept in the vault",
            ),
        };
        let key = format!("secrets.{setting}");
        decisions.choose(key, value, Source::detected(places), reason);
    }
    for variable in variables {
        let (value, reason) = match &variable.supply {
            Supply::Database { .. } => {
                ("from the server", "the overlay takes it from DATABASE_URL")
            }
            Supply::Hosts => ("from the site", "the hosts that the site answers to"),
            Supply::Platform { value } => (value.as_str(), "what production needs"),
            Supply::Missing => ("missing", "startup fails without it"),
            Supply::Secret { .. } | Supply::Configured | Supply::Runtime | Supply::Default => {
                continue;
            }
        };
        let key = format!("variables.{}", variable.name);
        decisions.choose(key, value, Source::detected(&variable.places), reason);
    }
}

fn secrets(service: &Service, config: &Config) -> Vec<Secret> {
    let mut secrets = vec![Secret {
        parameter: "databasePassword".to_owned(),
        name: "database-password".to_owned(),
        variable: "DATABASE_PASSWORD".to_owned(),
        setting: None,
        origin: Origin::Generated { length: 40 },
        needed_for: SecretUse::DatabasePassword,
    }];
    secrets.extend(key(service));
    let is_external = |environment: &EnvironmentSettings| {
        let kind = environment.database.kind.as_ref();
        kind.is_some_and(|kind| kind.value == DatabaseKind::External)
    };
    if config.environments.values().any(is_external) {
        secrets.push(Secret {
            parameter: "databaseUrl".to_owned(),
            name: "database-url".to_owned(),
            variable: "DATABASE_URL".to_owned(),
            setting: Some("DATABASE_URL".to_owned()),
            origin: Origin::Supplied,
            needed_for: SecretUse::DatabaseUrl,
        });
        secrets.push(Secret {
            parameter: "databaseDirectUrl".to_owned(),
            name: "database-direct-url".to_owned(),
            variable: "DATABASE_DIRECT_URL".to_owned(),
            setting: Some("DATABASE_DIRECT_URL".to_owned()),
            origin: Origin::Supplied,
            needed_for: SecretUse::DatabaseDirectUrl,
        });
    }
    for supplied in &config.app.secrets {
        let name = supplied.value.as_str();
        let is_there =
            |secret: &Secret| secret.setting.as_deref() == Some(name) || secret.variable == name;
        if !secrets.iter().any(is_there) {
            secrets.push(Secret {
                parameter: parameter(name),
                name: name.to_lowercase().replace('_', "-"),
                variable: name.to_owned(),
                setting: Some(name.to_owned()),
                origin: Origin::Supplied,
                needed_for: SecretUse::App,
            });
        }
    }
    secrets
}

/// The key that the framework signs with: every Django has one, others where their code reads it.
fn key(service: &Service) -> Option<Secret> {
    let (parameter, name, variable) = if is_django(service) {
        ("djangoSecretKey", "django-secret-key", DEFAULT_KEY_SETTING)
    } else {
        ("signingKey", "signing-key", "SECRET_KEY")
    };
    let read = read_key_setting(service);
    Some(Secret {
        parameter: parameter.to_owned(),
        name: name.to_owned(),
        variable: variable.to_owned(),
        setting: Some(
            read.or(is_django(service).then_some(DEFAULT_KEY_SETTING))?
                .to_owned(),
        ),
        origin: Origin::Generated { length: 64 },
        needed_for: SecretUse::App,
    })
}

fn is_django(service: &Service) -> bool {
    let framework = service.framework.as_ref();
    framework.is_some_and(|framework| framework.name == FrameworkName::Django)
}

/// `STRIPE_LIVE_KEY` as `secretStripeLiveKey`: spelled as Bicep spells parameters, and never the name of another one.
fn parameter(variable: &str) -> String {
    let mut parameter = "secret".to_owned();
    for word in variable.split('_') {
        let lower = word.to_lowercase();
        let mut characters = lower.chars();
        parameter.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        parameter.extend(characters);
    }
    parameter
}

/// The variable that holds the key that the framework signs with: the one that the project reads, or Django's for the overlay
/// alone.
pub(super) fn key_setting(service: &Service) -> &str {
    read_key_setting(service).unwrap_or(DEFAULT_KEY_SETTING)
}

/// The variable from which the project reads the key that the framework signs with.
fn read_key_setting(service: &Service) -> Option<&str> {
    const NAMES: [&str; 6] = [
        "SECRET_KEY",
        "DJANGO_SECRET_KEY",
        "DJANGO_SECRET",
        "APP_SECRET_KEY",
        "FLASK_SECRET_KEY",
        "QUART_SECRET_KEY",
    ];
    let is_read = |name: &&str| service.env.iter().any(|variable| variable.name == **name);
    if let Some(name) = NAMES.into_iter().find(is_read) {
        return Some(name);
    }
    // `SHOP_SECRET_KEY` is the framework's as well where the project, or its settings package, is called so.
    let package = service
        .settings_module
        .as_deref()
        .and_then(|module| module.split('.').next())
        .unwrap_or_default();
    let prefixes =
        [service.name.as_str(), package].map(|name| name.to_uppercase().replace('-', "_"));
    service
        .env
        .iter()
        .map(|variable| variable.name.as_str())
        .find(|name| {
            name.strip_suffix("_SECRET_KEY")
                .is_some_and(|prefix| prefixes.iter().any(|known| known == prefix))
        })
}

fn supply(
    variable: &EnvironmentVariable,
    service: &Service,
    config: &Config,
    secrets: &[Secret],
) -> Supply {
    let name = variable.name.as_str();
    if super::service::cache_settings(service, config).contains(&variable.name) {
        return Supply::Secret {
            parameter: CACHE_URL.to_owned(),
        };
    }
    if let Some(secret) = secrets.iter().find(|secret| {
        secret.needed_for == SecretUse::App && secret.setting.as_deref() == Some(name)
    }) {
        return Supply::Secret {
            parameter: secret.parameter.clone(),
        };
    }
    let is_configured = config.variables.contains_key(name)
        || config
            .environments
            .values()
            .any(|environment| environment.variables.contains_key(name));
    if is_configured {
        return Supply::Configured;
    }
    if super::service::has_database(service, config)
        && let Some(part) = database_part(name, service)
    {
        return Supply::Database { part };
    }
    if is_of_the_runtime(name) {
        return Supply::Runtime;
    }
    if is_debug(name) && (variable.required || !is_off(variable.default.as_deref())) {
        // Read with `int()`, as a boolean of decouple or environ, or compared with "True": all take "0" for no.
        return Supply::Platform {
            value: "0".to_owned(),
        };
    }
    if !variable.required {
        return Supply::Default;
    }
    if matches!(name, "ALLOWED_HOSTS" | "DJANGO_ALLOWED_HOSTS") {
        return Supply::Hosts;
    }
    Supply::Missing
}

/// The part of the database's address that a variable holds, by the words of its name.
fn database_part(name: &str, service: &Service) -> Option<Part> {
    let database = service.database.as_ref()?;
    if name == "DATABASE_URL" {
        return Some(Part::Url);
    }
    if !database.env.iter().any(|known| known == name) {
        return None;
    }
    let upper = name.to_uppercase();
    let ends = |words: &[&str]| words.iter().any(|word| upper.ends_with(word));
    if ends(&["POSTGRESQL_CONNECTIONSTRING"]) {
        return Some(Part::Keywords);
    }
    if ends(&["URL", "URI", "DSN", "CONNECTIONSTRING", "CONNECTION_STRING"])
        || (database.config == Some(DatabaseConfig::Url) && database.env.len() == 1)
    {
        Some(Part::Url)
    } else if ends(&["PASSWORD", "PASS", "PASSWD", "PWD"]) {
        Some(Part::Password)
    } else if ends(&["USER", "USERNAME", "LOGIN"]) {
        Some(Part::User)
    } else if ends(&["PORT"]) {
        Some(Part::Port)
    } else if ends(&[
        "HOST", "HOSTNAME", "SERVER", "ADDRESS", "ENDPOINT", "SERVICE",
    ]) {
        Some(Part::Host)
    } else if ends(&["ENGINE", "BACKEND", "ADAPTER", "DRIVER", "TYPE"]) {
        Some(Part::Engine)
    } else if ends(&["SSLMODE", "SSL_MODE"]) {
        Some(Part::SslMode)
    } else if ends(&["NAME", "DATABASE", "DB"]) {
        Some(Part::Name)
    } else {
        None
    }
}

fn is_of_the_runtime(name: &str) -> bool {
    const RUNTIME: [&str; 14] = [
        "DJANGO_SETTINGS_MODULE",
        "GUNICORN_CMD_ARGS",
        "HOME",
        "HOSTNAME",
        "NUM_CORES",
        "PATH",
        "PORT",
        "PWD",
        "PYTHONPATH",
        "PYTHONUNBUFFERED",
        "REGION_NAME",
        "TZ",
        "USER",
        "WEB_CONCURRENCY",
    ];
    RUNTIME.binary_search(&name).is_ok() || name.starts_with("WEBSITE_")
}

fn is_debug(name: &str) -> bool {
    matches!(name, "DEBUG" | "DJANGO_DEBUG" | "DEBUG_MODE" | "APP_DEBUG")
}

fn is_off(default: Option<&str>) -> bool {
    default.is_some_and(|default| {
        matches!(
            default.to_lowercase().as_str(),
            "" | "0" | "false" | "no" | "off" | "n" | "f" | "none"
        )
    })
}
