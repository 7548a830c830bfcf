//! The modules below the site: identity, logs, network, vault, database, cache, storage, registry.

use taxiway_bicep::build::{
    BinaryOperator, Document, Module, Object, Value, conditional, name, not, text,
};
use taxiway_platform::Platform;

use super::super::shape::Shape;
use super::super::site::Site;
use super::{access, endpoints, names::named};

/// A module below `modules/`, deployed under its own name.
pub(super) fn module(symbol: &str, file: &str, parameters: Object) -> Module {
    Module::new(symbol, format!("modules/{file}.bicep"))
        .body(Object::new().with("name", file).with("params", parameters))
}

/// A module that some environment does without; it comes after `after`.
pub(super) fn optional(
    symbol: &str,
    file: (&str, &str),
    condition: Value,
    parameters: Object,
    after: &[&str],
) -> Module {
    let (file, deployment) = file;
    let mut body = Object::new()
        .with("name", deployment)
        .with("params", parameters);
    if !after.is_empty() {
        body = body.with("dependsOn", names(after));
    }
    Module::new(symbol, format!("modules/{file}.bicep"))
        .condition(condition)
        .body(body)
}

pub(super) fn names(symbols: &[&str]) -> Value {
    Value::Array(symbols.iter().copied().map(name).collect())
}

/// `location` and `tags`, where a module makes resources.
pub(super) fn placed() -> Object {
    Object::new()
        .with("location", name("location"))
        .with("tags", name("tags"))
}

/// The same for what is of one site: the tags of a further one say of which.
pub(super) fn placed_for(site: &Site<'_>) -> Object {
    Object::new()
        .with("location", name("location"))
        .with("tags", name(site.symbol("tags")))
}

pub(super) fn output(module: &str, output: &str) -> Value {
    name(module).property("outputs").property(output)
}

/// `!empty(NAME)`
pub(in crate::infrastructure) fn is_given(parameter: &str) -> Value {
    not(name("empty").call([name(parameter)]))
}

fn workspace() -> Value {
    output("monitoring", "workspaceId")
}

pub(super) fn declare(
    sites: &[Site<'_>],
    platform: &Platform,
    shape: Shape,
    document: &mut Document,
) {
    document.module(module(
        "identity",
        "identity",
        placed().with("name", named("id")),
    ));
    for site in further_identities(sites) {
        document.module(further_identity(site));
    }
    document.module(module(
        "monitoring",
        "monitoring",
        placed()
            .with("workspaceName", named("log"))
            .with("componentName", named("appi"))
            .with("retentionInDays", name("logRetentionDays"))
            .with("dailyQuotaGb", name("logDailyQuotaGb")),
    ));
    if shape.network {
        document.module(network(shape));
    }
    document.module(vault(shape, sites.len() > 1));
    if shape.database {
        document.module(database(shape));
        let mut before = "database".to_owned();
        for site in sites.iter().filter(|site| site.has_further_database()) {
            document.module(further_database(site, shape, &before));
            before = site.symbol("database");
        }
    }
    document.blank();
    secrets(platform, document);
    let several = sites.len() > 1;
    let caches: Vec<(&Site<'_>, Value)> = sites
        .iter()
        .filter(|site| site.shape().cache)
        .map(|site| (site, is_given(&site.symbol("cacheSku"))))
        .collect();
    for (site, _) in &caches {
        document.module(cache(site, several));
    }
    endpoints::declare(&endpoints::CACHE, caches, several, document);
    let once = |condition: Value| vec![(&sites[0], condition)];
    if shape.storage {
        document.module(storage(sites, shape));
        if several {
            access::declare_containers(sites, document);
        }
        if shape.private {
            let condition = is_given("storageSku").binary(BinaryOperator::And, name("isPrivate"));
            endpoints::declare(&endpoints::BLOB, once(condition), several, document);
        }
    }
    if shape.private {
        endpoints::declare(
            &endpoints::VAULT,
            once(name("isPrivate")),
            several,
            document,
        );
    }
    if shape.container {
        document.module(registry());
        if shape.private {
            let condition =
                is_given("containerImage").binary(BinaryOperator::And, name("isPrivate"));
            endpoints::declare(&endpoints::REGISTRY, once(condition), several, document);
        }
    }
    if shape.vpn {
        document.module(vpn());
    }
}

/// The further sites that are somebody of their own.
pub(super) fn further_identities<'a, 'b>(
    sites: &'b [Site<'a>],
) -> impl Iterator<Item = &'b Site<'a>> {
    let further = sites.iter().filter(|site| site.name().is_some());
    further.filter(|site| site.has_own_identity())
}

fn further_identity(site: &Site<'_>) -> Module {
    let called = text()
        .literal("id-")
        .value(name("workload"))
        .literal(format!("-{}", site.deployment("")))
        .value(name("environmentName"));
    Module::new(site.identity(), "modules/identity.bicep").body(
        Object::new()
            .with("name", site.deployment("identity"))
            .with("params", placed_for(site).with("name", called)),
    )
}

fn network(shape: Shape) -> Module {
    let has_vpn = if shape.vpn {
        name("hasVpn")
    } else {
        Value::from(false)
    };
    let has_pooler = if shape.pooler {
        name("databaseHasPooler")
    } else {
        Value::from(false)
    };
    // An empty name says that no database is in the network.
    let zone = if shape.database {
        name("databaseZoneName")
    } else {
        Value::from("")
    };
    optional(
        "network",
        ("network", "network"),
        name("hasNetwork"),
        placed()
            .with("name", name("networkName"))
            .with("workspaceId", workspace())
            .with("addressPrefix", name("addressPrefix"))
            .with("hasServiceEndpoints", not(name("isPrivate")))
            .with("hasVpn", has_vpn)
            .with("hasPooler", has_pooler)
            .with("databaseZoneName", zone),
        &[],
    )
}

/// The one site reads all of the vault; of several, each reads its own secrets: see `access`.
fn vault(shape: Shape, has_access_apart: bool) -> Module {
    let mut parameters = placed()
        .with("name", name("vaultName"))
        .with("workspaceId", workspace());
    if !has_access_apart {
        parameters = parameters.with("readerPrincipalId", output("identity", "principalId"));
    }
    parameters = parameters
        .with("softDeleteDays", name("vaultSoftDeleteDays"))
        .with("purgeProtection", name("vaultPurgeProtection"));
    if shape.network {
        parameters = parameters
            .with("access", name("vaultAccess"))
            .with("subnetId", name("appSubnetId"))
            .with("allowedAddresses", name("allowedAddresses"));
    } else {
        parameters = parameters.with("access", "open");
    }
    after_network(
        shape,
        "keyVault",
        "key-vault",
        parameters.with("isLocked", name("isLocked")),
        None,
    )
}

/// How the app signs in: a parameter where that differs.
pub(in crate::infrastructure) fn sign_in(shape: Shape) -> Value {
    shape
        .sign_in
        .map_or_else(|| name("databaseSignIn"), |way| Value::from(way.name()))
}

fn after_network(
    shape: Shape,
    symbol: &str,
    file: &str,
    parameters: Object,
    condition: Option<Value>,
) -> Module {
    let mut body = Object::new().with("name", file).with("params", parameters);
    if shape.network {
        body = body.with("dependsOn", names(&["network"]));
    }
    let module = Module::new(symbol, format!("modules/{file}.bicep"));
    match condition {
        Some(condition) => module.condition(condition),
        None => module,
    }
    .body(body)
}

fn database(shape: Shape) -> Module {
    let mut parameters = placed()
        .with("name", name("databaseServerName"))
        .with("databaseName", name("databaseName"))
        .with("workspaceId", workspace())
        .with("vaultName", output("keyVault", "name"))
        .with("version", name("databaseVersion"))
        .with("skuName", name("databaseSku"))
        .with("skuTier", name("databaseTier"))
        .with("storageSizeGb", name("databaseStorageGb"))
        .with("backupRetentionDays", name("databaseBackupDays"))
        .with("geoRedundantBackup", name("databaseGeoRedundantBackup"))
        .with("highAvailability", name("databaseStandby"));
    if shape.network {
        parameters = parameters
            .with("subnetId", name("databaseSubnetId"))
            .with("zoneId", name("databaseZoneId"));
    }
    parameters = parameters
        .with("signIn", sign_in(shape))
        .with("identityName", output("identity", "name"))
        .with("identityPrincipalId", output("identity", "principalId"));
    if shape.pooler {
        parameters = parameters.with("hasPooler", name("databaseHasPooler"));
    }
    if shape.password {
        parameters = parameters
            .with("administratorLogin", name("databaseLogin"))
            .with("administratorPassword", name("databasePassword"));
    }
    let parameters = parameters
        .with("sslMode", name("databaseSslMode"))
        .with("isLocked", name("isLocked"));
    let condition = shape
        .external_database
        .then(|| not(name("databaseIsExternal")));
    after_network(shape, "database", "postgresql", parameters, condition)
}

/// A database of the same server for a further service, once the server has done what is `before`: it takes one change at a time.
fn further_database(site: &Site<'_>, shape: Shape, before: &str) -> Module {
    let mut parameters = Object::new()
        .with("tags", name(site.symbol("tags")))
        .with("serverName", name("databaseServerName"))
        .with("databaseName", name(site.symbol("databaseName")))
        .with("vaultName", output("keyVault", "name"))
        .with("secretPrefix", site.deployment(""))
        .with("sslMode", name("databaseSslMode"))
        .with("signIn", sign_in(shape))
        .with("identityName", output(&site.identity(), "name"))
        .with(
            "identityPrincipalId",
            output(&site.identity(), "principalId"),
        );
    if shape.pooler {
        parameters = parameters.with("hasPooler", name("databaseHasPooler"));
    }
    if shape.password {
        parameters = parameters
            .with("administratorLogin", name("databaseLogin"))
            .with("administratorPassword", name("databasePassword"));
    }
    let module = Module::new(site.symbol("database"), "modules/postgresql-database.bicep");
    let module = if shape.external_database {
        module.condition(not(name("databaseIsExternal")))
    } else {
        module
    };
    module.body(
        Object::new()
            .with("name", site.deployment("database"))
            .with("params", parameters)
            .with("dependsOn", names(&[before])),
    )
}

/// The instances that several sites share.
pub(super) fn plan() -> Module {
    module(
        "plan",
        "plan",
        placed()
            .with("planName", named("asp"))
            .with("workspaceId", workspace())
            .with("planSku", name("planSku"))
            .with("instances", name("instances"))
            .with("zoneRedundant", name("zoneRedundant")),
    )
}

fn secrets(platform: &Platform, document: &mut Document) {
    for known in platform.all_secrets() {
        let module = secret(&known.name, name(&known.parameter));
        let is_everywhere = platform.environments.iter().all(|it| known.is_in(it));
        document.module(if is_everywhere {
            module
        } else {
            module.condition(is_given(&known.parameter))
        });
    }
}

fn secret(secret: &str, value: impl Into<Value>) -> Module {
    Module::new(secret_symbol(secret), "modules/secret.bicep").body(
        Object::new().with("name", deployment_name(secret)).with(
            "params",
            Object::new()
                .with("vaultName", output("keyVault", "name"))
                .with("tags", name("tags"))
                .with("name", secret)
                .with("value", value),
        ),
    )
}

/// The deployment that keeps a secret. Names of deployments have 64 characters at most; a secret's may have more.
fn deployment_name(secret: &str) -> String {
    format!("secret-{secret}").chars().take(64).collect()
}

/// The module that keeps a secret: `django-secret-key` as `djangoSecretKeySecret`.
pub(super) fn secret_symbol(secret: &str) -> String {
    let mut symbol = String::new();
    for word in secret.split('-') {
        let mut characters = word.chars();
        let first = characters.next();
        if symbol.is_empty() {
            symbol.extend(first);
        } else {
            symbol.extend(first.map(|first| first.to_ascii_uppercase()));
        }
        symbol.extend(characters);
    }
    symbol.push_str("Secret");
    symbol
}

fn cache(site: &Site<'_>, several: bool) -> Module {
    let mut parameters = placed_for(site)
        .with("name", name(site.symbol("cacheName")))
        .with("workspaceId", workspace())
        .with("vaultName", output("keyVault", "name"));
    if several {
        parameters = parameters.with("secretName", site.deployment("cache-url"));
    }
    optional(
        &site.symbol("cache"),
        ("redis", &site.deployment("redis")),
        is_given(&site.symbol("cacheSku")),
        parameters
            .with("skuName", name(site.symbol("cacheSku")))
            .with(
                "highAvailability",
                name(site.symbol("cacheHighAvailability")),
            ),
        &[],
    )
}

fn storage(sites: &[Site<'_>], shape: Shape) -> Module {
    let (subnet, allowed) = if shape.network {
        let subnet = conditional(name("isPrivate"), "", name("appSubnetId"));
        (subnet, name("allowedAddresses"))
    } else {
        (Value::from(""), Value::Array(Vec::new()))
    };
    let mut parameters = placed()
        .with("name", name("storageName"))
        .with("workspaceId", workspace());
    if sites.len() > 1 {
        let with_storage = sites.iter().filter(|site| site.shape().storage);
        let media: Vec<String> = with_storage
            .map(|site| format!("{}/", site.deployment("media")))
            .collect();
        parameters = parameters.with("mediaPrefixes", Value::from(media));
    } else {
        parameters = parameters.with("writerPrincipalId", output("identity", "principalId"));
    }
    optional(
        "storage",
        ("storage", "storage"),
        is_given("storageSku"),
        parameters
            .with("skuName", name("storageSku"))
            .with("softDeleteDays", name("storageSoftDeleteDays"))
            .with("subnetId", subnet)
            .with("allowedAddresses", allowed)
            .with("isLocked", name("isLocked")),
        if shape.network { &["network"] } else { &[] },
    )
}

fn registry() -> Module {
    optional(
        "registry",
        ("registry", "registry"),
        is_given("containerImage"),
        placed()
            .with("name", name("registryName"))
            .with("workspaceId", workspace())
            .with("pullerPrincipalId", output("identity", "principalId"))
            .with(
                "skuName",
                conditional(name("isPrivate"), "Premium", "Basic"),
            )
            .with("isPrivate", name("isPrivate")),
        &[],
    )
}

fn vpn() -> Module {
    optional(
        "vpn",
        ("vpn", "vpn"),
        name("hasNetwork").binary(BinaryOperator::And, name("hasVpn")),
        placed()
            .with("gatewayName", named("vgw"))
            .with("addressName", named("pip"))
            .with("resolverName", named("dnspr"))
            .with("networkId", name("networkId"))
            .with("addressPrefix", name("addressPrefix"))
            .with("clientAddresses", name("vpnClientAddresses")),
        &["network"],
    )
}
