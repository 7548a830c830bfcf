//! A subnet is too small for the service that it is delegated to.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "subnet-too-small",
    "a subnet is too small for the service that it is delegated to",
    include_str!("subnet_too_small.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for environment in graph.of("Microsoft.App/managedEnvironments").filter(|node| node.at("properties/workloadProfiles").is_absent()) {
        let Some(subnet) = subnet(graph, &environment.at("properties/vnetConfiguration/infrastructureSubnetId")) else { continue };
        if let Some((range, part)) = subnet.range().filter(|(range, _)| range.bits > 23) {
            let message = format!("the subnet `{}` is a /{}; an environment without workload profiles needs at least a /23", subnet.name, range.bits);
            report.push(Found::at(&part, message).label(&environment.whole(), "the environment").help("enlarge the subnet, or give the environment `workloadProfiles`"));
        }
    }
    const NEEDS: &[(&str, u32)] = &[
        ("Microsoft.Web/serverFarms", 28),
        ("Microsoft.DBforPostgreSQL/flexibleServers", 28),
        ("Microsoft.App/environments", 27),
    ];
    for subnet in subnets(graph) {
        let Some((range, part)) = subnet.range() else { continue };
        for service in subnet.delegations().unwrap_or_default() {
            let need = NEEDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(service));
            if let Some((_, bits)) = need.filter(|(_, bits)| range.bits > *bits) {
                report.push(Found::at(&part, format!("the subnet `{}` is a /{}; {service} needs at least a /{bits}", subnet.name, range.bits)));
            }
        }
        if subnet.name.eq_ignore_ascii_case("GatewaySubnet") && range.bits > 27 {
            report.push(Found::at(&part, format!("the gateway's subnet is a /{}, and needs at least a /27", range.bits)));
        }
    }
}
