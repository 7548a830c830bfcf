//! A private endpoint has no names in a DNS zone.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "endpoint-without-names",
    "a private endpoint has no names in a DNS zone",
    include_str!("endpoint_without_names.md"),
    look,
)
.warning()
.confidence(Confidence::Medium);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for endpoint in endpoints(graph) {
        if graph.children(endpoint.node, "privateDnsZoneGroups").next().is_none() {
            report.push(Found::on(endpoint.node, format!("nobody finds the private endpoint `{}`: it has no zone group", endpoint.node.name())).help("add a `privateDnsZoneGroups` child with the zone of the service"));
        }
    }
}
