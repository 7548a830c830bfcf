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
    for (rule, name) in security_rules(graph).into_iter().filter(|(rule, _)| !rule.at("protocol").is("Udp")) {
        let from = rule.at("sourceAddressPrefix");
        let open = ports(&rule).into_iter().find(|part| [22, 3389].into_iter().any(|port| holds(part, port)));
        if let Some(part) = open.filter(|_| lets_in(&rule) && is_everyone(&from)) {
            report.push(Found::at(&part, format!("the rule `{name}` lets the whole internet reach port {}", part.shown())).label(&from, "from everywhere").help("name the addresses, or use Azure Bastion"));
        }
    }
}

fn holds(part: &Part<'_>, port: u16) -> bool {
    part.text().is_some_and(|text| {
        text.split(',').any(|range| match range.trim().split_once('-') {
            Some((first, last)) => first.parse().is_ok_and(|first: u16| first <= port) && last.parse().is_ok_and(|last: u16| port <= last),
            None => range.trim() == "*" || range.trim().parse() == Ok(port),
        })
    })
}
