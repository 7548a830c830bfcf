//! Nothing guards a subnet.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "subnet-without-group",
    "nothing guards a subnet",
    include_str!("subnet_without_group.md"),
    look,
)
.warning()
.pedantic()
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV2_AZURE_31"), Mcsb("NS-1")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    // Subnets of services that take no group, or need their own rules.
    const FREE: [&str; 4] = ["GatewaySubnet", "AzureFirewallSubnet", "AzureFirewallManagementSubnet", "RouteServerSubnet"];
    for subnet in subnets(graph) {
        let group = subnet.at("networkSecurityGroup");
        if group.is_absent() && !FREE.iter().any(|name| name.eq_ignore_ascii_case(&subnet.name)) {
            let is_inline = !subnet.part.path.is_empty();
            let place = if is_inline { subnet.part.at("name") } else { subnet.part.clone() };
            report.push(Found::at(&place, format!("no network security group guards the subnet `{}`", subnet.name)).help("set `networkSecurityGroup`"));
        }
    }
}
