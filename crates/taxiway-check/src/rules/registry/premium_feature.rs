//! A registry asks for what only Premium has.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "premium-feature",
    "a registry asks for what only Premium has",
    include_str!("premium_feature.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for registry in graph.of(REGISTRIES) {
        let sku = registry.at("sku/name");
        if !sku.is_any(&["Basic", "Standard"]) {
            continue;
        }
        let parts = [
            ("publicNetworkAccess", "Disabled"), ("dataEndpointEnabled", "true"), ("policies/retentionPolicy/status", "enabled"),
            ("policies/trustPolicy/status", "enabled"), ("policies/quarantinePolicy/status", "enabled"),
            ("policies/exportPolicy/status", "disabled"), ("networkRuleSet/defaultAction", "Deny"), ("zoneRedundancy", "Enabled"),
        ];
        for (path, value) in parts {
            let part = registry.at("properties").at(path);
            let is_asked = part.is(value) || (value == "true" && part.is_true());
            if is_asked {
                let name = path.split('/').take(2).collect::<Vec<_>>().join(".");
                report.push(Found::at(&part, format!("`{name}` needs the tier Premium, and the registry `{}` is {}", registry.name(), sku.shown())).label(&sku, "the tier"));
            }
        }
        look_around(graph, registry, &sku, report);
    }
}

/// What a registry has in resources of their own. That it is closed was said already, and its private endpoint follows from that.
fn look_around(graph: &Graph<'_>, registry: &Node<'_>, sku: &Part<'_>, report: &mut Report<'_>) {
    let is_closed = registry.at("properties/publicNetworkAccess").is("Disabled");
    let endpoints = endpoints_of(graph, registry).into_iter().filter(|_| !is_closed);
    for endpoint in endpoints {
        let part = endpoint.connection.at("properties/privateLinkServiceId");
        let message = format!("a private endpoint needs the tier Premium, and the registry `{}` is {}", registry.name(), sku.shown());
        report.push(Found::at(&part, message).label(sku, "the tier"));
    }
    for replica in graph.children(registry, "replications") {
        let message = format!("a replica needs the tier Premium, and the registry `{}` is {}", registry.name(), sku.shown());
        report.push(Found::on(replica, message).label(sku, "the tier"));
    }
}
