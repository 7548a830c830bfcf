//! A backup vault may not read what it is to back up.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "backup-vault-without-role",
    "a backup vault may not read what it is to back up",
    include_str!("backup_vault_without_role.md"),
    look,
)
.warning()
.confidence(Confidence::Medium)
.gate(Gate::Operations)
.benchmarks(&[Mcsb("BR-1")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for vault in graph.of(BACKUP_VAULTS) {
        for instance in graph.children(vault, "backupInstances") {
            let part = instance.at("properties/dataSourceInfo/resourceID");
            // What is not in the template may have the assignment where it is made.
            let Some(source) = graph.referred(&part) else { continue };
            if !has_role(graph, vault, source) {
                let message = format!("the vault `{}` has no role on `{}`, which it backs up", vault.name(), source.name());
                report.push(Found::at(&part, message).label(&vault.whole(), "the vault").help("assign its identity the role of its data source: for storage Storage Account Backup Contributor"));
            }
        }
    }
}

/// Whether the vault's principal, or one that nobody here knows, has any role on the source or above.
fn has_role(graph: &Graph<'_>, vault: &Node<'_>, source: &Node<'_>) -> bool {
    graph.of(ROLES).any(|assignment| {
        let is_here = assignment.id().extended().is_none_or(|scope| &scope == source.id());
        let principal = assignment.at("properties/principalId");
        let principal = principal.text_or_expression().unwrap_or_default().to_ascii_lowercase();
        is_here && (!principal.contains("/providers/") || crate::graph::mentions(&principal, vault.id()))
    })
}
