//! A private endpoint is put into a delegated subnet.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "endpoint-in-delegated-subnet",
    "a private endpoint is put into a delegated subnet",
    include_str!("endpoint_in_delegated_subnet.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for endpoint in endpoints(graph) {
        let part = endpoint.node.at("properties/subnet/id");
        let Some(subnet) = subnet(graph, &part) else { continue };
        if let Some(service) = subnet.delegations().unwrap_or_default().first() {
            report.push(Found::at(&part, format!("the subnet `{}` is delegated to {service} and takes no private endpoint", subnet.name)).label(&subnet.part, "delegated").help("use a subnet of its own for endpoints"));
        }
    }
}
