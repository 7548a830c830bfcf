//! Private endpoints, and the zones in which they have their names.

use taxiway_bicep::build::{BinaryOperator, Document, Module, Object, Value, name, text};

use super::modules::{optional, placed_for};
use super::names::named;
use crate::infrastructure::site::Site;

/// A service behind a private endpoint.
pub(super) struct Service {
    /// What its endpoint and its zone are called after.
    what: &'static str,
    /// The module that makes it.
    module: &'static str,
    /// Its type, and the variable that holds its name.
    kind: (&'static str, &'static str),
    /// Azure's name for its part.
    group: &'static str,
    zone: Zone,
}

#[derive(Clone, Copy)]
pub(super) enum Zone {
    Fixed(&'static str),
    /// Below the domain of storage, which differs between clouds.
    Blob,
}

impl Zone {
    fn name(self) -> Value {
        match self {
            Self::Fixed(zone) => Value::from(zone),
            Self::Blob => text()
                .literal("privatelink.blob.")
                .value(
                    name("environment")
                        .call([])
                        .property("suffixes")
                        .property("storage"),
                )
                .into(),
        }
    }
}

pub(super) const CACHE: Service = Service {
    what: "cache",
    module: "cache",
    kind: ("Microsoft.Cache/redisEnterprise", "cacheName"),
    group: "redisEnterprise",
    zone: Zone::Fixed("privatelink.redis.azure.net"),
};
pub(super) const VAULT: Service = Service {
    what: "vault",
    module: "keyVault",
    kind: ("Microsoft.KeyVault/vaults", "vaultName"),
    group: "vault",
    zone: Zone::Fixed("privatelink.vaultcore.azure.net"),
};
pub(super) const BLOB: Service = Service {
    what: "storage",
    module: "storage",
    kind: ("Microsoft.Storage/storageAccounts", "storageName"),
    group: "blob",
    zone: Zone::Blob,
};
pub(super) const REGISTRY: Service = Service {
    what: "registry",
    module: "registry",
    kind: ("Microsoft.ContainerRegistry/registries", "registryName"),
    group: "registry",
    zone: Zone::Fixed("privatelink.azurecr.io"),
};

/// The private endpoints of a kind of service. Its zone is made with the one endpoint; where there are several sites, by itself.
pub(super) fn declare(
    service: &Service,
    of: Vec<(&Site<'_>, Value)>,
    several: bool,
    document: &mut Document,
) {
    let conditions = of.iter().map(|(_, condition)| condition.clone());
    let any = conditions.reduce(|one, other| one.binary(BinaryOperator::Or, other));
    if let Some(any) = any.filter(|_| several) {
        document.module(zone(service.what, service.zone, any));
    }
    for (site, condition) in of {
        document.module(endpoint(service, site, condition, several));
    }
}

/// A private zone by itself, in which several endpoints have their names: `cacheZone`.
pub(super) fn zone(what: &str, zone: Zone, condition: Value) -> Module {
    optional(
        &format!("{what}Zone"),
        ("private-zone", &format!("{what}-zone")),
        condition,
        Object::new()
            .with("tags", name("tags"))
            .with("networkId", name("networkId"))
            .with("zoneName", zone.name()),
        &["network"],
    )
}

fn endpoint(service: &Service, site: &Site<'_>, condition: Value, has_zone: bool) -> Module {
    let what = service.what;
    let (kind, target) = service.kind;
    // Of what there is once, the first site speaks.
    let (target, module) = (site.symbol(target), site.symbol(service.module));
    let zone = format!("{what}Zone");
    let mut before = vec!["network", module.as_str()];
    let mut parameters = placed_for(site).with(
        "name",
        named("pep").literal(format!("-{}", site.deployment(what))),
    );
    if has_zone {
        before.push(&zone);
    } else {
        parameters = parameters.with("networkId", name("networkId"));
    }
    optional(
        &site.symbol(&format!("{what}Endpoint")),
        (
            "private-endpoint",
            &site.deployment(&format!("{what}-endpoint")),
        ),
        condition,
        parameters
            .with("subnetId", name("endpointSubnetId"))
            .with(
                "targetId",
                name("resourceId").call([kind.into(), name(target)]),
            )
            .with("groupId", service.group)
            .with("zoneName", service.zone.name()),
        &before,
    )
}
