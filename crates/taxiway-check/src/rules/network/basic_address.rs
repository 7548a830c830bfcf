//! A public address is of a tier that has retired.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "basic-address",
    "a public address is of a tier that has retired",
    include_str!("basic_address.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for address in graph.of("Microsoft.Network/publicIPAddresses") {
        let part = address.at("sku/name");
        if part.is("Basic") || part.is_absent() {
            report.push(Found::at(&part, format!("the address `{}` is of the tier Basic, which has retired", address.name())).help("set `sku: { name: 'Standard' }` and `publicIPAllocationMethod: 'Static'`"));
        } else if part.is("Standard") && address.at("properties/publicIPAllocationMethod").is("Dynamic") {
            report.push(Found::at(&address.at("properties/publicIPAllocationMethod"), "an address of the tier Standard is static").safe_fix(&address.at("properties/publicIPAllocationMethod"), "Static"));
        }
    }
    for balancer in graph.of("Microsoft.Network/loadBalancers") {
        let part = balancer.at("sku/name");
        if part.is("Basic") || part.is_absent() {
            report.push(Found::at(&part, format!("the load balancer `{}` is of the tier Basic, which has retired", balancer.name())).help("set `sku: { name: 'Standard' }`"));
        }
    }
}
