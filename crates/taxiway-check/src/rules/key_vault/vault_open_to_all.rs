//! A vault answers every network.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "vault-open-to-all",
    "a vault answers every network",
    include_str!("vault_open_to_all.md"),
    look,
)
.warning()
.pedantic()
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_109"), Mcsb("NS-2")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for vault in graph.of(VAULTS) {
        let is_closed = vault.at("properties/publicNetworkAccess").is_any(&["Disabled", "SecuredByPerimeter"]);
        let part = vault.at("properties/networkAcls/defaultAction");
        if !is_closed && (part.is("Allow") || part.is_absent()) {
            report.push(Found::at(&part, format!("the vault `{}` answers every network", vault.name())).help("set `networkAcls.defaultAction: 'Deny'`, and name the subnets that need it"));
        }
    }
}
