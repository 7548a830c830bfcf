//! A database takes connections from the whole internet.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "database-open-to-internet",
    "a database takes connections from the whole internet",
    include_str!("database_open_to_internet.md"),
    look,
)
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_11"), Checkov("CKV2_AZURE_26"), Mcsb("NS-2")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for rule in graph.of("Microsoft.DBforPostgreSQL/flexibleServers/firewallRules") {
        let (start, end) = (rule.at("properties/startIpAddress"), rule.at("properties/endIpAddress"));
        let address = |part: &Part<'_>| part.text()?.parse::<std::net::Ipv4Addr>().ok().map(u32::from);
        if let (Some(first), Some(last)) = (address(&start), address(&end)) && last.saturating_sub(first) >= 1 << 24 {
            let message = format!("the rule `{}` lets {} to {} reach the database", rule.name(), start.shown(), end.shown());
            report.push(Found::at(&end, message).label(&start, "from here").help("name the addresses that need it, or use a private endpoint"));
        }
    }
}
