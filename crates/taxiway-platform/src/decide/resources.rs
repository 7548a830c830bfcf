//! What an environment in Azure has besides its site and its database. The local cloud has none of it.

use taxiway_diagnostics::Place;

use super::Decisions;
use super::environments::Asked;
use crate::{Alerts, Budget, Cache, CacheChoice, Network, NetworkProfile, Source, Storage};

pub(super) fn network(asked: &Asked<'_>, decisions: &mut Decisions) -> Option<Network> {
    let settings = asked.settings;
    if asked.is_local {
        let asked_for = [
            ("network", settings.network.as_ref().map(|it| &it.place)),
            ("vpn", settings.vpn.as_ref().map(|it| &it.place)),
            (
                "cache",
                settings
                    .cache
                    .as_ref()
                    .filter(|it| it.value == CacheChoice::Redis)
                    .map(|it| &it.place),
            ),
            (
                "storage",
                settings
                    .storage
                    .as_ref()
                    .filter(|it| it.value)
                    .map(|it| &it.place),
            ),
        ];
        for (key, place) in asked_for {
            if let Some(place) = place {
                decisions.refuse(
                    "not-in-the-local-cloud",
                    format!("the local cloud has no such resource: `{key}` ({place})"),
                    format!("leave `{key}` out of [environments.local]"),
                );
            }
        }
        return None;
    }
    let key = asked.key("network");
    let profile = match &settings.network {
        Some(profile) => {
            decisions.configured(key, profile.value.name(), &profile.place, "configured");
            profile.value
        }
        None => {
            decisions.choose(
                key,
                NetworkProfile::Public.name(),
                Source::Default,
                "people reach the site; database, vault and storage answer the site alone",
            );
            NetworkProfile::Public
        }
    };
    let vpn = settings.vpn.as_ref().filter(|vpn| vpn.value);
    if let Some(vpn) = vpn
        && profile == NetworkProfile::Public
    {
        decisions.refuse(
            "vpn-without-private-network",
            format!(
                "`vpn = true` ({}) leads into a private network, and this one is public",
                vpn.place
            ),
            format!("[environments.{}] network = \"internal\"", asked.name),
        );
    }
    let allowed = settings.allowed_addresses.first();
    if let Some(allowed) = allowed
        && profile != NetworkProfile::Public
    {
        decisions.refuse(
            "allowed-addresses-in-private-network",
            format!(
                "`allowed-addresses` ({}) open a public door, and in a {} network there is none",
                allowed.place,
                profile.name()
            ),
            "leave them out",
        );
    }
    Some(Network {
        profile,
        vpn: vpn.is_some(),
        allowed_addresses: settings
            .allowed_addresses
            .iter()
            .map(|address| address.value.clone())
            .collect(),
    })
}

/// Whether the environment has a cache: asked for, or needed by the app and not told otherwise.
pub(super) fn has_cache(asked: &Asked<'_>, settings: &[String]) -> bool {
    match &asked.settings.cache {
        _ if asked.is_local => false,
        Some(cache) => cache.value == CacheChoice::Redis,
        None => settings
            .iter()
            .any(|setting| !asked.settings.variables.contains_key(setting)),
    }
}

pub(super) fn cache(
    asked: &Asked<'_>,
    settings: &[String],
    decisions: &mut Decisions,
) -> Option<Cache> {
    let key = asked.key("cache");
    if let Some(cache) = asked.settings.cache.as_ref().filter(|_| !asked.is_local) {
        let value = match cache.value {
            CacheChoice::None => "none",
            CacheChoice::Redis => "redis",
        };
        decisions.configured(key, value, &cache.place, "configured");
    } else if has_cache(asked, settings) {
        let reason = format!("the app reads {}", settings.join(" and "));
        decisions.choose(key, "redis", Source::Default, reason);
    }
    has_cache(asked, settings).then(|| Cache {
        sku: asked.size.facts().cache_sku.to_owned(),
        high_availability: asked.is_production,
        settings: if settings.is_empty() {
            vec!["REDIS_URL".to_owned()]
        } else {
            settings.to_vec()
        },
    })
}

pub(super) fn storage(
    asked: &Asked<'_>,
    stores_in_azure: Option<&Place>,
    decisions: &mut Decisions,
) -> Option<Storage> {
    if asked.is_local {
        return None;
    }
    let key = asked.key("storage");
    let has_storage = match &asked.settings.storage {
        Some(storage) => {
            decisions.configured(key, storage.value.to_string(), &storage.place, "configured");
            storage.value
        }
        None => stores_in_azure.is_some_and(|place| {
            let source = Source::detected([place]);
            decisions.choose(key, "true", source, "the project keeps its media in Azure");
            true
        }),
    };
    // Copies in three zones cannot be had later by a deployment. Source: Azure Storage, change of replication.
    let has_zones = asked.is_production && crate::regions::facts(asked.region).is_some();
    has_storage.then(|| Storage {
        sku: if has_zones {
            "Standard_ZRS"
        } else {
            "Standard_LRS"
        }
        .to_owned(),
        soft_delete_days: if asked.is_production { 14 } else { 7 },
    })
}

pub(super) fn alerts(asked: &Asked<'_>, decisions: &mut Decisions) -> Option<Alerts> {
    let recipients: Vec<String> = asked
        .settings
        .alerts
        .iter()
        .map(|recipient| recipient.value.clone())
        .collect();
    let key = asked.key("alerts");
    match asked.settings.alerts.first() {
        _ if asked.is_local => return None,
        Some(first) => {
            decisions.configured(key, recipients.join(", "), &first.place, "configured");
        }
        None if asked.is_production => {
            decisions.choose(
                key,
                "the owners of the subscription",
                Source::Default,
                "nobody else is known: [environments.production] alerts = [\"…\"]",
            );
        }
        None => return None,
    }
    let is_internal = asked
        .settings
        .network
        .as_ref()
        .is_some_and(|network| network.value == NetworkProfile::Internal);
    Some(Alerts {
        recipients,
        availability_test: asked.is_production && !is_internal,
    })
}

pub(super) fn budget(asked: &Asked<'_>, decisions: &mut Decisions) -> Option<Budget> {
    let budget = asked.settings.budget.as_ref()?;
    decisions.configured(
        asked.key("budget"),
        format!(
            "{} a month since {}",
            budget.amount.value, budget.since.value
        ),
        &budget.amount.place,
        "told at 50, 80 and 100 %, and when the forecast exceeds it; nothing is stopped",
    );
    Some(Budget {
        amount: budget.amount.value,
        since: budget.since.value.clone(),
    })
}

pub(super) fn lock(asked: &Asked<'_>, decisions: &mut Decisions) -> bool {
    let key = asked.key("lock");
    match &asked.settings.lock {
        Some(lock) => {
            decisions.configured(key, lock.value.to_string(), &lock.place, "configured");
            lock.value
        }
        None if asked.is_production => {
            decisions.choose(
                key,
                "true",
                Source::Default,
                "database, vault and storage can't be deleted before their locks are",
            );
            true
        }
        None => false,
    }
}
