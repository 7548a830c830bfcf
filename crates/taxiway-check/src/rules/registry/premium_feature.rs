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
    }
}
