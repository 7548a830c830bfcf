//! A resource is to be in a network that is in another region.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "network-in-another-region",
    "a resource is to be in a network of another region",
    include_str!("network_in_another_region.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        if let Some(part) = site.subnet() {
            compare(graph, report, &site.title(), site.node, &part);
        }
    }
    for endpoint in graph.of(ENDPOINTS) {
        compare(graph, report, &format!("the endpoint `{}`", endpoint.name()), endpoint, &endpoint.at("properties/subnet/id"));
    }
    for server in graph.of(POSTGRESQL) {
        compare(graph, report, &format!("the server `{}`", server.name()), server, &server.at("properties/network/delegatedSubnetResourceId"));
    }
}

fn compare(graph: &Graph<'_>, report: &mut Report<'_>, title: &str, node: &Node<'_>, subnet: &Part<'_>) {
    let network = subnet.text_or_expression().and_then(network_of);
    let Some(network) = network.and_then(|id| graph.get(&id)) else { return };
    if let (Some(here), Some(there)) = (region(node), region(network)) && here != there {
        let message = format!("{title} is in {here}, and the network `{}` in {there}", network.name());
        report.push(Found::at(subnet, message).label(&network.at("location"), "the network's region").help("take a network of the same region"));
    }
}
