//! A subnet is not inside the addresses of its network.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "subnet-outside-network",
    "a subnet is not inside the addresses of its network",
    include_str!("subnet_outside_network.md"),
    look,
)
.warning();

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for subnet in subnets(graph) {
        let (Some(network), Some((range, part))) = (subnet.network, subnet.range()) else { continue };
        let spaces = network.at("properties/addressSpace/addressPrefixes").items();
        let known: Vec<Range> = spaces.iter().filter_map(|space| Range::parse(space.text()?)).collect();
        if !known.is_empty() && known.len() == spaces.len() && !known.iter().any(|space| space.contains(range)) {
            report.push(Found::at(&part, format!("the subnet `{}` ({}) is outside of its network", subnet.name, part.shown())).label(&network.at("properties/addressSpace/addressPrefixes"), "the network"));
        }
    }
}
