//! A private endpoint leads to a database inside a network.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "endpoint-on-injected-database",
    "a private endpoint leads to a database inside a network",
    include_str!("endpoint_on_injected_database.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for endpoint in endpoints(graph) {
        let Some(server) = endpoint.target.filter(|target| target.is(POSTGRESQL)) else { continue };
        let subnet = server.at("properties/network/delegatedSubnetResourceId");
        if subnet.is_present() {
            report.push(Found::at(&endpoint.connection.at("properties/privateLinkServiceId"), format!("the server `{}` is inside a network and takes no private endpoint", server.name())).label(&subnet, "inside this network"));
        }
    }
}
