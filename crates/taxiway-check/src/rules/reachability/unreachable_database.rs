//! A site cannot reach the database of its template.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "unreachable-database",
    "a site cannot reach the database of its template",
    include_str!("unreachable_database.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    // The local cloud is one machine.
    if graph.stage() == Stage::Local {
        return;
    }
    for server in graph.of(POSTGRESQL) {
        let injected = server.at("properties/network/delegatedSubnetResourceId");
        let closed = server.at("properties/network/publicNetworkAccess");
        let rules = graph.children(server, "firewallRules").next().is_some();
        let place = if injected.is_present() { &injected } else { &closed };
        let is_private = injected.is_present() || closed.is("Disabled");
        if is_private {
            report_barred(graph, server, &[5432, 6432], report);
        }
        for site in sites(graph) {
            if is_private && !reaches(graph, &site, server) {
                report.push(Found::on(site.node, format!("{} cannot reach the database `{}`", site.title(), server.name())).label(place, "closed to the public").help("set `virtualNetworkSubnetId` to a subnet of the network that the database, or its private endpoint, is in"));
            } else if !is_private && !rules && !closed.is_unknown() && !injected.is_unknown() && !reaches(graph, &site, server) {
                report.push(Found::on(server, format!("the firewall of `{}` has no rule, so nobody reaches it, {} neither", server.name(), site.title())).label(&site.node.whole(), "the site").help("add a firewall rule, or a private endpoint"));
                break;
            }
        }
    }
}
