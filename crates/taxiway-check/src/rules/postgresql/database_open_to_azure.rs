//! A database takes connections from every customer's services in Azure.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "database-open-to-azure",
    "a database takes connections from every customer's services in Azure",
    include_str!("database_open_to_azure.md"),
    look,
)
.warning()
.pedantic()
.gate(Gate::Security)
.benchmarks(&[Mcsb("NS-2")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    if graph.stage() == Stage::Other {
        return;
    }
    for rule in graph.of("Microsoft.DBforPostgreSQL/flexibleServers/firewallRules") {
        let part = rule.at("properties/startIpAddress");
        if part.is("0.0.0.0") && rule.at("properties/endIpAddress").is("0.0.0.0") {
            let message = format!("the rule `{}` lets the services of every customer of Azure reach the database", rule.name());
            report.push(Found::at(&part, message).help("use a private endpoint and integrate the app into its network"));
        }
    }
}
