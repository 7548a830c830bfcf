//! A network uses the gateways of several networks.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "two-remote-gateways",
    "a network is to use the gateways of two others",
    include_str!("two_remote_gateways.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for network in graph.of(NETWORKS).filter(|node| graph.is_last(node)) {
        let inline = network.at("properties/virtualNetworkPeerings").items().into_iter().map(|peering| peering.at("properties"));
        let own = graph.children(network, "virtualNetworkPeerings").filter(|node| graph.is_last(node)).map(|peering| peering.at("properties"));
        let using: Vec<Part<'_>> = inline.chain(own).map(|peering| peering.at("useRemoteGateways")).filter(Part::is_true).collect();
        if let [first, second, ..] = using.as_slice() {
            let message = format!("the network `{}` is to use the gateways of two others, and can use one", network.name());
            report.push(Found::at(second, message).label(first, "the other").help("set `useRemoteGateways: false` on one"));
        }
    }
}
