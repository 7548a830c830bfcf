//! A storage account answers every network.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "storage-open-to-all",
    "a storage account answers every network",
    include_str!("storage_open_to_all.md"),
    look,
)
.warning()
.pedantic()
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_35"), Mcsb("NS-2"), Cis("3.8")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for account in graph.of(STORAGE) {
        let is_closed = account.at("properties/publicNetworkAccess").is_any(&["Disabled", "SecuredByPerimeter"]);
        let part = account.at("properties/networkAcls/defaultAction");
        if !is_closed && (part.is("Allow") || part.is_absent()) {
            report.push(Found::at(&part, format!("the account `{}` answers every network", account.name())).help("set `networkAcls.defaultAction: 'Deny'`, and name the subnets that need it"));
        }
    }
}
