//! A database is told not to log connections.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "connections-not-logged",
    "a database is told not to log connections",
    include_str!("connections_not_logged.md"),
    look,
)
.warning()
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_30"), Checkov("CKV_AZURE_31"), Checkov("CKV_AZURE_32"), Mcsb("LT-3"), Cis("4.3.2")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    const LOGS: &[&str] = &["log_checkpoints", "log_connections", "log_disconnections", "connection_throttle.enable"];
    for setting in graph.of("Microsoft.DBforPostgreSQL/flexibleServers/configurations") {
        let part = setting.at("properties/value");
        let name = setting.id().name().to_ascii_lowercase();
        if LOGS.contains(&name.as_str()) && part.is("off") {
            report.push(Found::at(&part, format!("`{name}` is off")).help("set it to `on`").safe_fix(&part, "on"));
        }
    }
}
