//! Dangerous things in the production settings.

use super::Settings;
use super::settings::alternatives;
use crate::document::Finding;
use crate::python::Value;

/// The findings, in a fixed order.
pub(crate) fn read(settings: &Settings<'_, '_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut push = |id: &str, setting: &str| {
        found.push(Finding {
            id: id.to_owned(),
            places: settings.places(setting),
        });
    };
    if let Some((debug, _)) = &settings.evaluator.debug {
        let truths: Vec<(Option<bool>, bool)> = alternatives(debug)
            .iter()
            .map(|(value, is_default)| (value.truth(), *is_default))
            .collect();
        let is_on =
            |(truth, is_default): &(Option<bool>, bool)| *is_default && *truth == Some(true);
        if truths.iter().any(is_on) {
            let is_always = truths.len() == 1 && debug.names().is_empty();
            push(
                if is_always {
                    "debug-on"
                } else {
                    "debug-default-on"
                },
                "DEBUG",
            );
        }
    }
    secret_key(settings, &mut push);
    for (value, is_default) in settings.alternatives("ALLOWED_HOSTS") {
        let has_wildcard = value.items().iter().any(|host| {
            let host = match host {
                Value::Maybe(host) => host,
                host => host,
            };
            host.default().and_then(Value::as_text) == Some("*")
        }) || value.as_text() == Some("*");
        if has_wildcard && is_default {
            push("allowed-hosts-wildcard", "ALLOWED_HOSTS");
            break;
        }
    }
    for name in ["CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL"] {
        let is_on = settings
            .alternatives(name)
            .iter()
            .any(|(value, is_default)| *is_default && value.truth() == Some(true));
        if is_on {
            push("cors-allow-all", name);
            break;
        }
    }
    found
}

fn secret_key(settings: &Settings<'_, '_>, push: &mut impl FnMut(&str, &str)) {
    if let Some(id) = settings.get("SECRET_KEY").and_then(key_finding) {
        push(id, "SECRET_KEY");
    }
}

/// The finding about a secret key with a literal value.
pub(crate) fn key_finding(key: &Value<'_>) -> Option<&'static str> {
    let all = alternatives(key);
    let is_open = all.iter().any(|(value, _)| !value.names().is_empty());
    let is_literal = all.iter().any(|(value, is_default)| {
        value.as_text().is_some_and(|text| !text.is_empty()) && (*is_default || !is_open)
    });
    is_literal.then_some(if is_open {
        "secret-key-default"
    } else {
        "secret-key-hardcoded"
    })
}
