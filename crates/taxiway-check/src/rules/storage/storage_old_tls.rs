//! A storage account accepts TLS 1.0 or 1.1.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "storage-old-tls",
    "a storage account accepts TLS 1.0 or 1.1",
    include_str!("storage_old_tls.md"),
    look,
)
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_44"), Mcsb("DP-3"), Cis("3.15")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for account in graph.of(STORAGE) {
        let part = account.at("properties/minimumTlsVersion");
        if part.is_any(&["TLS1_0", "TLS1_1"]) || part.is_absent() {
            let found = Found::at(&part, format!("the account `{}` accepts TLS 1.0", account.name())).help("set `minimumTlsVersion: 'TLS1_2'`").safe_fix(&part, "TLS1_2");
            report.push(if part.is_absent() { found.pedantic() } else { found });
        }
    }
}
