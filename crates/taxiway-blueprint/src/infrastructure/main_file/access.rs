//! Which identity reads which secrets, and writes to which containers, where there are several sites: each its own, and none
//! those of another.

use taxiway_bicep::build::{Document, Module, Object, Value, conditional, name};

use super::modules::{is_given, names, optional, output, secret_symbol};
use crate::infrastructure::settings::secrets_of;
use crate::infrastructure::site::Site;

/// The module that lets the identity of a site read; `None` where there is nothing to read.
pub(super) fn symbol(site: &Site<'_>) -> Option<String> {
    let (always, sometimes) = secrets_of(site);
    let reads = !always.is_empty() || !sometimes.is_empty();
    reads.then(|| site.symbol_of_identity("secretAccess"))
}

/// One module for each identity, with the secrets of every site that has it.
pub(super) fn declare(sites: &[Site<'_>], document: &mut Document) {
    let owners = sites.iter().filter(|site| site.has_own_identity());
    for owner in owners.filter(|site| symbol(site).is_some()) {
        let of_the_identity = |site: &&Site<'_>| site.identity() == owner.identity();
        let theirs: Vec<&Site<'_>> = sites.iter().filter(of_the_identity).collect();
        document.module(access(owner, &theirs));
    }
}

/// One module for each identity, with the containers of every site that has it.
pub(super) fn declare_containers(sites: &[Site<'_>], document: &mut Document) {
    for owner in sites.iter().filter(|site| site.has_own_identity()) {
        let theirs = sites
            .iter()
            .filter(|site| site.identity() == owner.identity() && site.shape().storage);
        let containers: Vec<String> = theirs.flat_map(Site::containers).collect();
        if containers.is_empty() {
            continue;
        }
        document.module(optional(
            &owner.symbol("storageAccess"),
            ("storage-access", &owner.deployment("storage-access")),
            is_given("storageSku"),
            Object::new()
                .with("accountName", name("storageName"))
                .with("containers", Value::from(containers))
                .with(
                    "writerPrincipalId",
                    output(&owner.identity(), "principalId"),
                ),
            &["storage"],
        ));
    }
}

fn access(owner: &Site<'_>, sites: &[&Site<'_>]) -> Module {
    let (mut always, mut sometimes): (Vec<String>, Vec<(Value, String)>) = Default::default();
    let mut before: Vec<String> = Vec::new();
    let mut add = |symbol: String| {
        if !before.contains(&symbol) {
            before.push(symbol);
        }
    };
    for site in sites {
        let (secrets, conditional) = secrets_of(site);
        for secret in secrets {
            if !always.contains(&secret) {
                always.push(secret);
            }
        }
        for (condition, secret) in conditional {
            if !sometimes.iter().any(|(_, known)| *known == secret) {
                sometimes.push((condition, secret));
            }
        }
        for symbol in writers(site) {
            add(symbol);
        }
    }
    let mut parts = vec![Value::from(always)];
    parts.extend(sometimes.into_iter().map(|(condition, secret)| {
        conditional(
            condition,
            Value::Array(vec![secret.into()]),
            Value::Array(Vec::new()),
        )
    }));
    let secrets = match parts.as_slice() {
        [_] => parts.remove(0),
        _ => name("concat").call(parts),
    };
    let before: Vec<&str> = before.iter().map(String::as_str).collect();
    Module::new(owner.symbol("secretAccess"), "modules/secret-access.bicep").body(
        Object::new()
            .with("name", owner.deployment("secret-access"))
            .with(
                "params",
                Object::new()
                    .with("vaultName", output("keyVault", "name"))
                    .with("secretNames", secrets)
                    .with(
                        "readerPrincipalId",
                        output(&owner.identity(), "principalId"),
                    ),
            )
            .with("dependsOn", names(&before)),
    )
}

/// The modules that write the secrets of a site.
fn writers(site: &Site<'_>) -> Vec<String> {
    let shape = site.shape();
    let mut symbols = Vec::new();
    if site.has_further_database() {
        symbols.push(site.symbol("database"));
    } else if shape.database {
        symbols.push("database".to_owned());
    }
    let secrets = site
        .platform
        .secrets
        .iter()
        .filter(|it| it.setting.is_some());
    symbols.extend(secrets.map(|it| secret_symbol(&it.name)));
    if shape.cache {
        symbols.push(site.symbol("cache"));
    }
    symbols
}
