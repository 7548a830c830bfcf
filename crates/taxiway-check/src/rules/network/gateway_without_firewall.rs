//! A gateway has no web application firewall.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "gateway-without-firewall",
    "a gateway has no web application firewall",
    include_str!("gateway_without_firewall.md"),
    look,
)
.warning()
.pedantic()
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_120"), Mcsb("NS-6")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for gateway in graph.of("Microsoft.Network/applicationGateways") {
        let part = gateway.at("properties/sku/tier");
        if part.is_any(&["Standard", "Standard_v2", "Basic"]) {
            report.push(Found::at(&part, format!("the gateway `{}` passes on whatever comes", gateway.name())).help("choose the tier `WAF_v2`, and set `firewallPolicy`"));
        }
    }
}
