//! A site is in a network, and its tier cannot be.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "network-without-tier",
    "a site is in a network, and the tier of its plan cannot be",
    include_str!("network_without_tier.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        let Some(plan) = site.plan() else { continue };
        let Some(tier) = tier_of(plan).filter(|tier| !tier.has_network) else { continue };
        let size = plan.at("sku/name");
        let subnet = site.subnet().filter(|part| is_subnet(graph, part));
        if let Some(part) = subnet {
            let message = format!("{} is integrated into a network; the tier {} cannot be", site.title(), tier.name);
            report.push(Found::at(&part, message).label(&size, "the tier").help("take Basic or higher"));
        }
        for endpoint in endpoints_of(graph, site.node) {
            let part = endpoint.connection.at("properties/privateLinkServiceId");
            let message = format!("{} gets a private endpoint; the tier {} has none", site.title(), tier.name);
            report.push(Found::at(&part, message).label(&size, "the tier").help("take Basic or higher"));
        }
    }
}

/// An expression may come to nothing when it is deployed.
fn is_subnet(graph: &Graph<'_>, part: &Part<'_>) -> bool {
    part.text().is_some_and(|id| id.starts_with('/')) || subnet(graph, part).is_some()
}
