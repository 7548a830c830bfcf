//! A server inside a virtual network has no DNS zone.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "injected-without-zone",
    "a server inside a virtual network has no DNS zone",
    include_str!("injected_without_zone.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        let subnet = server.at("properties/network/delegatedSubnetResourceId");
        let zone = server.at("properties/network/privateDnsZoneArmResourceId");
        if !subnet.is_present() {
            continue;
        }
        if zone.is_absent() {
            let message = format!("the server `{}` is inside a network and has no private DNS zone", server.name());
            report.push(Found::at(&subnet, message).help("set `privateDnsZoneArmResourceId`"));
        } else if zone.text().is_some_and(|id| !id.to_ascii_lowercase().ends_with(".postgres.database.azure.com")) {
            let message = "the zone of a server has to end in `.postgres.database.azure.com`";
            report.push(Found::at(&zone, message));
        }
    }
}
