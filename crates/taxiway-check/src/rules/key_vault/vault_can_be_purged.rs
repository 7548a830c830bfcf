//! The secrets of production can be purged.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "vault-can-be-purged",
    "the secrets of production can be purged",
    include_str!("vault_can_be_purged.md"),
    look,
)
.warning()
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_42"), Checkov("CKV_AZURE_110"), Mcsb("DP-8"), Cis("8.5")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    if graph.stage() == Stage::Other {
        return;
    }
    for vault in graph.of(VAULTS) {
        let part = vault.at("properties/enablePurgeProtection");
        if part.is_absent() {
            let found = Found::at(&part, format!("the vault `{}` can be purged with all its secrets", vault.name())).help("set `enablePurgeProtection: true`; it can never be turned off").unsafe_fix(&part, true);
            report.push(if graph.is_production() { found } else { found.pedantic() });
        }
    }
}
