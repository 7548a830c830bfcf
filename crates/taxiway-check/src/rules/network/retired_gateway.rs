//! A VPN gateway has a size that cannot be created any more.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "retired-gateway",
    "a VPN gateway has a size that cannot be created any more",
    include_str!("retired_gateway.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for gateway in graph.of("Microsoft.Network/virtualNetworkGateways") {
        let part = gateway.at("properties/sku/name");
        if part.is_any(&["VpnGw1", "VpnGw2", "VpnGw3", "VpnGw4", "VpnGw5", "Standard", "HighPerformance"]) {
            report.push(Found::at(&part, format!("gateways of the size {} cannot be created any more", part.shown())).help("take the same size with `AZ`, such as VpnGw1AZ"));
        }
    }
}
