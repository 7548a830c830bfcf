//! Firewall rules on a server inside a virtual network.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "firewall-on-injected-server",
    "firewall rules on a server inside a virtual network",
    include_str!("firewall_on_injected_server.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for rule in graph.of("Microsoft.DBforPostgreSQL/flexibleServers/firewallRules") {
        let Some(server) = graph.parent(rule) else { continue };
        let subnet = server.at("properties/network/delegatedSubnetResourceId");
        if subnet.is_present() {
            let message = format!("the server `{}` is inside a network and has no firewall", server.name());
            report.push(Found::on(rule, message).label(&subnet, "inside this network").help("remove the rule; use a network security group"));
        }
    }
}
