//! A vault is to go without soft delete.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "soft-delete-off",
    "a vault is to go without soft delete",
    include_str!("soft_delete_off.md"),
    look,
)
.benchmarks(&[Checkov("CKV_AZURE_111"), Checkov("CKV_AZURE_42")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for vault in graph.of(VAULTS) {
        let part = vault.at("properties/enableSoftDelete");
        if part.is_false() {
            report.push(Found::at(&part, "soft delete cannot be turned off").help("remove the line").safe_fix(&part, true));
        }
    }
}
