//! The subnet of a gateway has a security group or a delegation.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "guarded-gateway",
    "the subnet of a gateway has a security group or a delegation",
    include_str!("guarded_gateway.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for subnet in subnets(graph).into_iter().filter(|subnet| subnet.name.eq_ignore_ascii_case("GatewaySubnet")) {
        for name in ["networkSecurityGroup", "delegations"] {
            let part = subnet.at(name);
            let is_set = part.is_present() && part.value() != Some(&serde_json::Value::Array(Vec::new()));
            if is_set {
                report.push(Found::at(&part, format!("`GatewaySubnet` takes no `{name}`")));
            }
        }
    }
}
