//! A NAT gateway of the tier StandardV2 names zones.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "zones-on-nat-gateway",
    "a NAT gateway that spans all zones is to be in some",
    include_str!("zones_on_nat_gateway.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for gateway in graph.of("Microsoft.Network/natGateways") {
        let (zones, tier) = (gateway.at("zones"), gateway.at("sku/name"));
        if tier.is("StandardV2") && !zones.items().is_empty() {
            report.push(Found::at(&zones, format!("`{}` is in all zones by its tier, and names some", gateway.name())).label(&tier, "the tier").help("leave `zones` out"));
        }
    }
}
