//! A private endpoint has more connections, groups or zones than Azure takes.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "malformed-endpoint",
    "a private endpoint has several connections, groups or sets of zones",
    include_str!("malformed_endpoint.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for endpoint in graph.of(ENDPOINTS).filter(|node| graph.is_last(node)) {
        let (own, asked) = (endpoint.at("properties/privateLinkServiceConnections"), endpoint.at("properties/manualPrivateLinkServiceConnections"));
        if !own.items().is_empty() && !asked.items().is_empty() {
            report.push(Found::at(&asked, format!("the endpoint `{}` is approved by itself and by hand", endpoint.name())).label(&own, "by itself").help("keep one of the two lists"));
        }
        for connection in own.items().into_iter().chain(asked.items()) {
            let (groups, message) = (connection.at("properties/groupIds"), connection.at("properties/requestMessage"));
            let count = groups.items().len();
            if count > 1 && has_one_group(&connection) {
                report.push(Found::at(&groups, format!("the endpoint `{}` asks for {count} groups, and takes one", endpoint.name())).help("make an endpoint for each group"));
            }
            if message.text().is_some_and(|text| !text.is_empty()) && !own.items().is_empty() && asked.is_absent() {
                report.push(Found::at(&message, "a connection that is approved by itself has no message for who approves it"));
            }
        }
        look_at_zones(graph, endpoint, report);
    }
}

/// Whether what it leads to is of a type whose endpoints have one group each.
fn has_one_group(connection: &Part<'_>) -> bool {
    let target = connection.at("properties/privateLinkServiceId").text().and_then(|id| taxiway_arm::ResourceId::parse(id).ok());
    target.is_some_and(|id| taxiway_arm::catalogue::private_links(&id.resource_type()).next().is_some())
}

fn look_at_zones(graph: &Graph<'_>, endpoint: &Node<'_>, report: &mut Report<'_>) {
    let groups: Vec<&Node<'_>> = graph.children(endpoint, "privateDnsZoneGroups").filter(|node| graph.is_last(node)).collect();
    if let [first, second, ..] = groups.as_slice() {
        report.push(Found::on(second, format!("the endpoint `{}` has two groups of zones, and takes one", endpoint.name())).label(&first.whole(), "the other").help("put all zones into one group"));
    }
    for group in groups {
        let zones = group.at("properties/privateDnsZoneConfigs");
        let count = zones.items().len();
        if count > 5 {
            report.push(Found::at(&zones, format!("the group has {count} zones, and takes 5")));
        }
    }
}
