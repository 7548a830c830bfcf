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
        } else if is_private {
            linked_elsewhere(graph, zone, report);
        }
    }
}

/// All links of the zone lead to networks that no template knows, while its endpoint is in a network of this one.
fn linked_elsewhere(graph: &Graph<'_>, zone: &Node<'_>, report: &mut Report<'_>) {
    let links: Vec<Part<'_>> = graph.children(zone, "virtualNetworkLinks").map(|link| link.at("properties/virtualNetwork/id")).collect();
    let is_foreign = |link: &Part<'_>| link.text().is_some_and(|id| graph.get(id).is_none());
    let [link] = links.as_slice() else { return };
    let Some(network) = endpoints(graph).iter().filter(|endpoint| is_named_by(graph, endpoint, zone)).find_map(|endpoint| own_network(graph, endpoint)) else { return };
    // A network with servers of its own for names looks into zones of others.
    let asks_others = !network.at("properties/dhcpOptions/dnsServers").is_absent() && !network.at("properties/dhcpOptions/dnsServers").items().is_empty();
    if is_foreign(link) && !asks_others {
        let message = format!("the zone `{}` is linked to another network than `{}`, which its endpoint is in", zone.name(), network.name());
        report.push(Found::at(link, message).label(&network.whole(), "the network of the endpoint").help("link the zone to every network with clients"));
    }
}

fn is_named_by(graph: &Graph<'_>, endpoint: &Endpoint<'_, '_>, zone: &Node<'_>) -> bool {
    let configurations = graph.children(endpoint.node, "privateDnsZoneGroups").flat_map(|group| group.at("properties/privateDnsZoneConfigs").items());
    let mut zones = configurations.map(|configuration| configuration.at("properties/privateDnsZoneId"));
    zones.any(|id| graph.referred(&id).is_some_and(|found| found.index == zone.index))
}

fn own_network<'g, 'e>(graph: &'g Graph<'e>, endpoint: &Endpoint<'_, '_>) -> Option<&'g Node<'e>> {
    let subnet = endpoint.node.at("properties/subnet/id");
    graph.get(&network_of(subnet.text()?)?)
}
