//! Who reaches whom over private networks, on the evaluated graph.

use crate::graph::Graph;
use crate::network::{endpoints_of, network_of};
use crate::node::Node;
use crate::site::Site;

/// Whether a site is in a network from which the target's private door can be reached. What is not known counts as reachable.
pub(crate) fn reaches(graph: &Graph<'_>, site: &Site<'_, '_>, target: &Node<'_>) -> bool {
    let Some(subnet) = site.subnet() else {
        return false;
    };
    let Some(here) = subnet.text().and_then(network_of) else {
        return true;
    };
    let injected = target.at("properties/network/delegatedSubnetResourceId");
    if injected.is_unknown() {
        return true;
    }
    let endpoints = endpoints_of(graph, target);
    // An endpoint may be made elsewhere, unless this template makes endpoints.
    let makes_endpoints = graph.has(crate::network::ENDPOINTS);
    let doors = injected
        .text()
        .map(str::to_owned)
        .into_iter()
        .chain(endpoints.iter().map(|endpoint| {
            endpoint
                .node
                .at("properties/subnet/id")
                .text()
                .unwrap_or_default()
                .to_owned()
        }));
    let networks: Vec<Option<String>> = doors.map(|door| network_of(&door)).collect();
    if networks.is_empty() {
        return !makes_endpoints;
    }
    networks.iter().any(|network| {
        network
            .as_ref()
            .is_none_or(|there| *there == here || is_peered(graph, &here, there))
    })
}

/// Whether the template joins two networks.
fn is_peered(graph: &Graph<'_>, here: &str, there: &str) -> bool {
    graph
        .of("Microsoft.Network/virtualNetworks/virtualNetworkPeerings")
        .any(|peering| {
            let own = peering.id().parent().map(|id| id.key().to_owned());
            let other = peering.at("properties/remoteVirtualNetwork/id");
            let other = other.text().map(str::to_ascii_lowercase);
            let ends = [own.as_deref(), other.as_deref()];
            ends.contains(&Some(here)) && ends.contains(&Some(there))
        })
}
