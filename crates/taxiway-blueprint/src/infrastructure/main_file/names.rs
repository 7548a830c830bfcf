//! The names of resources, and what is known of them before anything is deployed.

use taxiway_bicep::build::{
    BinaryOperator, Document, Object, Text, Value, conditional, name, text,
};

use super::super::shape::Shape;
use super::super::site::Site;

/// `uniqueString(resourceGroup().id)`: the same in every deployment to a resource group, and in no other.
pub(super) fn unique() -> Value {
    name("uniqueString").call([name("resourceGroup").call([]).property("id")])
}

/// `ABBREVIATION-${workload}-${environmentName}`
pub(super) fn named(abbreviation: &str) -> Text {
    text()
        .literal(format!("{abbreviation}-"))
        .value(name("workload"))
        .literal("-")
        .value(name("environmentName"))
}

fn with_hash(abbreviation: &str) -> Text {
    named(abbreviation).literal("-").value(name("hash"))
}

/// `replace(VALUE, '-', '')`
fn without_hyphens(value: &str) -> Value {
    name("replace").call([name(value), "-".into(), "".into()])
}

/// `take(workload without hyphens, ROOM - length(environmentName))`: the application's name gives way.
fn cut_workload(room: i64, environment: Value) -> Value {
    name("take").call([
        without_hyphens("workload"),
        Value::from(room).binary(BinaryOperator::Subtract, name("length").call([environment])),
    ])
}

/// At most 60 characters, of which a service and an environment take twelve each: the application's name gives way.
fn cache_name(site: &Site<'_>) -> Text {
    let Some(service) = site.name() else {
        return with_hash("amr");
    };
    text()
        .literal("amr-")
        .value(name("take").call([name("workload"), Value::from(23)]))
        .literal(format!("-{service}-"))
        .value(name("environmentName"))
        .literal("-")
        .value(name("hash"))
}

pub(super) fn declare(sites: &[Site<'_>], shape: Shape, document: &mut Document) {
    document.comment(
        "Names that become host names carry a hash of the resource group: they are unique in all of Azure.",
    );
    document.variable("hash", name("take").call([unique(), Value::from(6)]));
    if shape.database {
        document.variable("databaseServerName", with_hash("psql"));
    }
    document.comment(
        "At most 24 characters: the application's name gives way, never the environment's.",
    );
    document.variable(
        "vaultName",
        text()
            .literal("kv-")
            .value(cut_workload(13, name("environmentName")))
            .literal("-")
            .value(name("environmentName"))
            .literal("-")
            .value(name("hash")),
    );
    if shape.storage {
        document.comment("Letters and digits only, and 24 of them.");
        document.variable("storageName", without_separators("st", 16));
    }
    if shape.container {
        document.variable("registryName", without_separators("cr", 42));
    }
    for site in sites.iter().filter(|site| site.shape().cache) {
        document.variable(site.symbol("cacheName"), cache_name(site));
    }
    document.blank();
    tags(sites, document);
    if shape.network {
        document.blank();
        network(shape, document);
    }
}

/// `stWORKLOADENVIRONMENTHASH`
fn without_separators(abbreviation: &str, room: i64) -> Text {
    let environment = without_hyphens("environmentName");
    text()
        .literal(abbreviation)
        .value(cut_workload(room, environment.clone()))
        .value(environment)
        .value(name("hash"))
}

fn tags(sites: &[Site<'_>], document: &mut Document) {
    document.variable(
        "ownTags",
        Object::new()
            .with("application", name("workload"))
            .with("environment", name("environmentName"))
            .with("managed-by", "taxiway"),
    );
    document.variable(
        "tags",
        name("union").call([name("ownTags"), name("extraTags")]),
    );
    for site in sites {
        if let Some(service) = site.name() {
            let own = Object::new().with("service", service);
            let tags = name("union").call([name("tags"), own.into()]);
            document.variable(site.symbol("tags"), tags);
        }
    }
}

/// Ids by name, not outputs of the network's module: an environment without a network has none.
fn network(shape: Shape, document: &mut Document) {
    let profile = |value: &str| name("networkProfile").equals(value);
    document.variable(
        "hasNetwork",
        name("networkProfile").binary(BinaryOperator::NotEquals, "none"),
    );
    document.variable(
        "isPrivate",
        profile("private").binary(BinaryOperator::Or, profile("internal")),
    );
    document.variable(
        "closedVault",
        conditional(name("isPrivate"), "private", "subnet"),
    );
    document.variable(
        "vaultAccess",
        conditional(name("hasNetwork"), name("closedVault"), "open"),
    );
    document.variable("networkName", named("vnet"));
    if shape.database {
        document.variable(
            "databaseZoneName",
            text()
                .value(name("workload"))
                .literal("-")
                .value(name("environmentName"))
                .literal(".private.postgres.database.azure.com"),
        );
    }
    if shape.external_database {
        document.variable(
            "ownServerId",
            name("resourceId").call([
                "Microsoft.DBforPostgreSQL/flexibleServers".into(),
                name("databaseServerName"),
            ]),
        );
    }
    // A line of its own keeps the others short: Checkov reads no condition that is broken over lines.
    document.variable("subnetType", "Microsoft.Network/virtualNetworks/subnets");
    let known = |kind: Value, names: Vec<Value>| {
        let arguments = std::iter::once(kind).chain(names);
        conditional(name("hasNetwork"), name("resourceId").call(arguments), "")
    };
    let subnet = |subnet: &str| known(name("subnetType"), vec![name("networkName"), subnet.into()]);
    document.variable("appSubnetId", subnet("app"));
    if shape.database {
        document.variable("databaseSubnetId", subnet("database"));
    }
    if shape.private || shape.cache {
        document.variable("endpointSubnetId", subnet("endpoints"));
    }
    if shape.private || shape.cache || shape.vpn {
        document.variable(
            "networkId",
            known(
                "Microsoft.Network/virtualNetworks".into(),
                vec![name("networkName")],
            ),
        );
    }
    if shape.database {
        document.variable(
            "databaseZoneId",
            known(
                "Microsoft.Network/privateDnsZones".into(),
                vec![name("databaseZoneName")],
            ),
        );
    }
}
