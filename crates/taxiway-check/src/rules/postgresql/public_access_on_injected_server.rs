//! Public access is set on a server inside a virtual network.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "public-access-on-injected-server",
    "public access is set on a server inside a virtual network",
    include_str!("public_access_on_injected_server.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        let part = server.at("properties/network/publicNetworkAccess");
        let subnet = server.at("properties/network/delegatedSubnetResourceId");
        if part.is("Enabled") && subnet.is_present() {
            let message = format!("the server `{}` is inside a network, and cannot be public too", server.name());
            report.push(Found::at(&part, message).label(&subnet, "inside this network").help("remove `publicNetworkAccess`"));
        }
    }
}
