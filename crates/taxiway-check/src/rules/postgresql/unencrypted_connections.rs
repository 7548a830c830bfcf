//! A database takes connections without TLS.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "unencrypted-connections",
    "a database takes connections without TLS",
    include_str!("unencrypted_connections.md"),
    look,
)
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_29"), Checkov("CKV_AZURE_147"), Mcsb("DP-3"), Cis("4.3.1")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for setting in graph.of("Microsoft.DBforPostgreSQL/flexibleServers/configurations") {
        let part = setting.at("properties/value");
        let name = setting.id().name().to_ascii_lowercase();
        let is_off = name == "require_secure_transport" && part.is("off");
        let is_old = name == "ssl_min_protocol_version" && part.is_any(&["TLSv1", "TLSv1.1"]);
        if is_off {
            report.push(Found::at(&part, "the database takes connections without TLS").help("set it to `on`, which is the default").safe_fix(&part, "on"));
        } else if is_old {
            report.push(Found::at(&part, format!("the database accepts {}", part.shown())).safe_fix(&part, "TLSv1.2"));
        }
    }
}
