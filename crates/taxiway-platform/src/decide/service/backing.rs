//! What an application needs beside a database: given by the platform, named in `taxiway.toml`, or refused.

use taxiway_app::{Backing, Service};

use super::super::{Decisions, at};
use crate::Config;

/// A service that the platform does not give is no obstacle where `taxiway.toml` says where one is.
pub(super) fn refuse(
    service: &Service,
    backing: &Backing,
    config: &Config,
    decisions: &mut Decisions,
) {
    if is_configured(backing, config) {
        return;
    }
    let given = cache_settings(service, config);
    if backing.env.iter().any(|name| given.contains(name)) {
        return;
    }
    let place = at(backing.places.first());
    // Of several variables, the one that says where it is.
    let is_address = |name: &&String| {
        ["URL", "URI", "HOST", "STRING", "DSN"]
            .iter()
            .any(|end| name.ends_with(end))
    };
    let address = backing
        .env
        .iter()
        .find(is_address)
        .or_else(|| backing.env.first());
    let help = match address {
        Some(name) => format!(
            "if you run one, say where in taxiway.toml: [app] secrets = [\"{name}\"], or without a password \
             [variables] {name} = \"…\""
        ),
        None => "its address is fixed in the code; read it from a variable".to_owned(),
    };
    decisions.refuse(
        "backing-service-missing",
        format!(
            "this project needs {}{place}, which the platform does not provide yet",
            backing.kind
        ),
        help,
    );
}

/// The variables that hold the address of a Redis that the app needs and nobody gives.
pub(in crate::decide) fn cache_settings(service: &Service, config: &Config) -> Vec<String> {
    let needed = service
        .backing
        .iter()
        .filter(|backing| backing.required && backing.kind == "redis")
        .filter(|backing| !is_configured(backing, config));
    let mut settings: Vec<String> = needed
        .flat_map(|backing| &backing.env)
        .filter(|name| {
            let upper = name.to_uppercase();
            ["URL", "URI", "DSN"].iter().any(|end| upper.ends_with(end))
        })
        .cloned()
        .collect();
    settings.sort();
    settings.dedup();
    settings
}

fn is_configured(backing: &Backing, config: &Config) -> bool {
    backing.env.iter().any(|name| {
        config.variables.contains_key(name)
            || config
                .app
                .secrets
                .iter()
                .any(|secret| secret.value == *name)
    })
}
