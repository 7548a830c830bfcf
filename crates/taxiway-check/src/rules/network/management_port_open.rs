//! The whole internet may try to sign in to machines.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "management-port-open",
    "the whole internet may try to sign in to machines",
    include_str!("management_port_open.md"),
    look,
)
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_9"), Checkov("CKV_AZURE_10"), Mcsb("NS-1"), Cis("6.1"), Cis("6.2")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for (rule, name) in rules(graph) {
        let allows = rule.at("access").is("Allow") && rule.at("direction").is("Inbound") && !rule.at("protocol").is("Udp");
        let from = rule.at("sourceAddressPrefix");
        let is_everyone = from.is_any(&["*", "Internet", "0.0.0.0/0", "any"]);
        let ports = rule.at("destinationPortRange");
        let many = rule.at("destinationPortRanges").items();
        let open = many.iter().chain([&ports]).find(|part| [22, 3389].into_iter().any(|port| holds(part, port)));
        if let Some(part) = open.filter(|_| allows && is_everyone) {
            report.push(Found::at(part, format!("the rule `{name}` lets the whole internet reach port {}", part.shown())).label(&from, "from everywhere").help("name the addresses, or use Azure Bastion"));
        }
    }
}

/// The rules of all network security groups: their properties and names.
fn rules<'e>(graph: &Graph<'e>) -> Vec<(Part<'e>, String)> {
    let inline = graph.of("Microsoft.Network/networkSecurityGroups").flat_map(|group| group.at("properties/securityRules").items()).map(|rule| (rule.at("properties"), rule.at("name").shown()));
    let own = graph.of("Microsoft.Network/networkSecurityGroups/securityRules").map(|rule| (rule.at("properties"), rule.name()));
    inline.chain(own).collect()
}

fn holds(part: &Part<'_>, port: u16) -> bool {
    part.text().is_some_and(|text| {
        text.split(',').any(|range| match range.trim().split_once('-') {
            Some((first, last)) => first.parse().is_ok_and(|first: u16| first <= port) && last.parse().is_ok_and(|last: u16| port <= last),
            None => range.trim() == "*" || range.trim().parse() == Ok(port),
        })
    })
}
