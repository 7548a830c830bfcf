//! A gateway accepts old versions of TLS.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "gateway-old-tls",
    "a gateway accepts old versions of TLS",
    include_str!("gateway_old_tls.md"),
    look,
)
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_218"), Mcsb("DP-3")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    // Source: Application Gateway, TLS policy overview: these accept TLS 1.0 or 1.1.
    const OLD: [&str; 2] = ["AppGwSslPolicy20150501", "AppGwSslPolicy20170401"];
    for gateway in graph.of("Microsoft.Network/applicationGateways") {
        let policy = gateway.at("properties/sslPolicy");
        let (name, least) = (policy.at("policyName"), policy.at("minProtocolVersion"));
        let old = [(&name, name.is_any(&OLD)), (&least, least.is_any(&["TLSv1_0", "TLSv1_1"]))];
        if let Some((part, _)) = old.into_iter().find(|(_, is_old)| *is_old) {
            report.push(Found::at(part, format!("the gateway `{}` accepts TLS below 1.2", gateway.name())).help("use the policy `AppGwSslPolicy20220101`"));
        }
    }
}
