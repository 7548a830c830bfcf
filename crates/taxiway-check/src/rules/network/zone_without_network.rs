//! A private DNS zone is linked to no network.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "zone-without-network",
    "a private DNS zone is linked to no network",
    include_str!("zone_without_network.md"),
    look,
)
.confidence(Confidence::Medium);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for zone in graph.of(ZONES) {
        let is_private = zone.known_name().is_some_and(|name| name.starts_with("privatelink.") || name.ends_with("postgres.database.azure.com"));
        if is_private && graph.children(zone, "virtualNetworkLinks").next().is_none() {
            report.push(Found::on(zone, format!("nobody can look into the zone `{}`: it is linked to no network", zone.name())).help("add a `virtualNetworkLinks` child for every network with clients"));
        }
    }
}
