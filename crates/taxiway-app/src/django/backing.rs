//! Other services that the production settings use.

use std::collections::{BTreeMap, BTreeSet};

use super::Settings;
use super::settings::alternatives;
use crate::document::Backing;
use crate::evidence::Survey;
use crate::manifest::installation::Installation;
use crate::python::{Binding, Value};

/// What was found about one service.
#[derive(Default)]
struct Found {
    roles: BTreeSet<&'static str>,
    is_required: bool,
    env: BTreeSet<String>,
    settings: Vec<String>,
}

/// The services that the settings name.
pub(crate) fn read(
    settings: &Settings<'_, '_>,
    survey: &Survey,
    installation: &Installation,
) -> Vec<Backing> {
    let mut found: BTreeMap<&'static str, Found> = BTreeMap::new();
    for (name, binding) in settings.all() {
        let Some(role) = role_of(name) else { continue };
        for (kind, is_required) in kinds(name, binding, installation, survey) {
            let entry = found.entry(kind).or_default();
            entry.roles.insert(role);
            entry.is_required |= is_required;
            entry
                .env
                .extend(binding.value.names().iter().map(ToString::to_string));
            entry.settings.push(name.to_string());
        }
    }
    found
        .into_iter()
        .map(|(kind, found)| Backing {
            kind: kind.to_owned(),
            roles: found.roles.into_iter().map(str::to_owned).collect(),
            required: found.is_required,
            env: found.env.into_iter().collect(),
            places: found
                .settings
                .iter()
                .flat_map(|name| settings.places(name))
                .collect(),
        })
        .collect()
}

/// What a setting of this name is about, if it names services at all.
fn role_of(name: &str) -> Option<&'static str> {
    Some(match name {
        "CACHES" | "CACHEOPS_REDIS" | "CACHE_URL" | "CACHEOPS" | "THUMBNAIL_REDIS_URL" => "cache",
        "CELERY_RESULT_BACKEND" | "RESULT_BACKEND" => "results",
        "CHANNEL_LAYERS" => "channels",
        "RQ_QUEUES" | "HUEY" | "Q_CLUSTER" | "DRAMATIQ_BROKER" | "BROKER_URL" | "SIMPLEQ"
        | "CELERY_BROKER" => "broker",
        "SESSION_REDIS" | "SESSION_REDIS_URL" => "sessions",
        "HAYSTACK_CONNECTIONS"
        | "WAGTAILSEARCH_BACKENDS"
        | "ELASTICSEARCH_DSL"
        | "OPENSEARCH_DSL" => "search",
        _ if name.ends_with("BROKER_URL") => "broker",
        _ if name.contains("REDIS") => "cache",
        _ if name.contains("ELASTICSEARCH") || name.contains("OPENSEARCH") => "search",
        _ if name.contains("RABBITMQ") || name.contains("AMQP") => "broker",
        _ if name.contains("MEMCACHE") => "cache",
        _ if name.contains("MONGO") => "documents",
        _ => return None,
    })
}

/// The kinds of services in a setting, with whether it does not work without.
fn kinds(
    name: &str,
    binding: &Binding<'_>,
    installation: &Installation,
    survey: &Survey,
) -> Vec<(&'static str, bool)> {
    let mut found: Vec<(&'static str, bool)> = Vec::new();
    let mut push = |kind: &'static str, is_required: bool| match found
        .iter_mut()
        .find(|(known, _)| *known == kind)
    {
        Some((_, required)) => *required |= is_required,
        None => found.push((kind, is_required)),
    };
    let is_structure = matches!(
        name,
        "CACHES"
            | "CHANNEL_LAYERS"
            | "RQ_QUEUES"
            | "HUEY"
            | "Q_CLUSTER"
            | "DRAMATIQ_BROKER"
            | "HAYSTACK_CONNECTIONS"
            | "WAGTAILSEARCH_BACKENDS"
    ) || name.ends_with("BROKER_URL")
        || name == "CELERY_RESULT_BACKEND";
    scan(&binding.value, true, 0, &mut |text, is_default| {
        if let Some(kind) = kind_of(text) {
            push(kind, is_default && is_structure);
        }
    });
    let names = binding.value.names();
    if found.is_empty() && !names.is_empty() && is_structure {
        let is_certain = alternatives(&binding.value)
            .iter()
            .any(|(value, is_default)| *is_default && !value.names().is_empty());
        let by_variable = names.iter().find_map(|name| {
            let upper = name.to_uppercase();
            if upper.contains("REDIS") {
                Some("redis")
            } else if upper.contains("RABBITMQ") || upper.contains("AMQP") {
                Some("rabbitmq")
            } else {
                None
            }
        });
        let by_files = || {
            name.ends_with("BROKER_URL")
                .then(|| broker(installation, survey))
                .flatten()
        };
        if let Some(kind) = by_variable.or_else(by_files) {
            found.push((kind, is_certain));
        }
    }
    found
}

/// The broker behind a URL that only the environment knows.
fn broker(installation: &Installation, survey: &Survey) -> Option<&'static str> {
    let images: Vec<&str> = survey
        .compose
        .iter()
        .flat_map(|file| &file.services)
        .filter_map(|service| service.image.as_deref())
        .collect();
    if images.iter().any(|image| image.contains("rabbitmq")) {
        return Some("rabbitmq");
    }
    let has_redis = installation.installs("redis")
        || installation.installs("django-redis")
        || images.iter().any(|image| image.contains("redis"))
        || installation.distributions.iter().any(|distribution| {
            distribution.name == "celery"
                && distribution.extras.iter().any(|extra| extra == "redis")
        });
    has_redis.then_some("redis")
}

/// Visits every text in a value, with whether an empty environment leaves it there.
fn scan(value: &Value<'_>, is_default: bool, depth: u8, visit: &mut dyn FnMut(&str, bool)) {
    if depth > 12 {
        return;
    }
    for (value, own_default) in alternatives(value) {
        let is_default = is_default && own_default;
        match value {
            Value::List(items) => {
                for item in items.iter() {
                    scan(item, is_default, depth + 1, visit);
                }
            }
            Value::Dict(items) => {
                for (_, item) in items.iter() {
                    scan(item, is_default, depth + 1, visit);
                }
            }
            value => {
                if let Some(text) = value.pattern() {
                    visit(&text, is_default);
                }
            }
        }
    }
}

/// The service that a backend's path or an address names.
fn kind_of(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let has = |needle: &str| lower.contains(needle);
    Some(
        if has("redis://")
            || has("rediss://")
            || has("redis+socket")
            || has("rediscache")
            || has("channels_redis")
            || has("django_redis")
            || has("redis_cache")
            || has("redischannel")
            || has("redisbroker")
            || has("redishuey")
            || lower.starts_with("sentinel://")
        {
            "redis"
        } else if has("amqp://")
            || has("amqps://")
            || has("pyamqp://")
            || has("rabbitmqbroker")
            || has("channels_rabbitmq")
        {
            "rabbitmq"
        } else if has("memcached.") || has("pylibmc") || has("bmemcached") {
            "memcached"
        } else if has("opensearch") {
            "opensearch"
        } else if has("elasticsearch") {
            "elasticsearch"
        } else if has("solr_backend") {
            "solr"
        } else if has("mongodb://") || has("mongodb+srv://") {
            "mongodb"
        } else {
            return None;
        },
    )
}

/// The service that a setting of an application without Django names, by its name and its value.
pub(crate) fn kind_of_setting(name: &str, value: &Value<'_>) -> Option<&'static str> {
    let mut found = None;
    scan(value, true, 0, &mut |text, _| {
        found = found.or(kind_of(text))
    });
    if found.is_some_and(|kind| kind != "redis" || !name.starts_with('_')) {
        return found;
    }
    if value.names().is_empty() {
        return None;
    }
    let upper = name.to_uppercase();
    let has = |part: &str| upper.contains(part);
    Some(if has("REDIS") {
        "redis"
    } else if has("RABBITMQ") || has("AMQP") {
        "rabbitmq"
    } else if has("ELASTICSEARCH") {
        "elasticsearch"
    } else if has("OPENSEARCH") {
        "opensearch"
    } else if has("MEMCACHE") {
        "memcached"
    } else {
        return None;
    })
}
