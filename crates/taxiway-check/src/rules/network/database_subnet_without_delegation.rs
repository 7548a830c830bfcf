//! A database is put into a subnet that is not delegated to it.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "database-subnet-without-delegation",
    "a database is put into a subnet that is not delegated to it",
    include_str!("database_subnet_without_delegation.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        let part = server.at("properties/network/delegatedSubnetResourceId");
        let Some(subnet) = subnet(graph, &part) else { continue };
        let is_delegated = subnet.delegations().is_none_or(|services| services.iter().any(|one| one.eq_ignore_ascii_case(POSTGRESQL)));
        if !is_delegated {
            report.push(Found::at(&part, format!("the subnet `{}` is not delegated to PostgreSQL", subnet.name)).label(&subnet.part, "the subnet").help("delegate it to `Microsoft.DBforPostgreSQL/flexibleServers`"));
        }
    }
}
