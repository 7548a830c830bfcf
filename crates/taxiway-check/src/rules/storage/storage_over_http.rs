//! A storage account answers plain HTTP.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "storage-over-http",
    "a storage account answers plain HTTP",
    include_str!("storage_over_http.md"),
    look,
)
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_3"), Mcsb("DP-3"), Cis("3.1")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for account in graph.of(STORAGE) {
        let part = account.at("properties/supportsHttpsTrafficOnly");
        if part.is_false() {
            report.push(Found::at(&part, format!("the account `{}` answers plain HTTP", account.name())).safe_fix(&part, true));
        }
    }
}
