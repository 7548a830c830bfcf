//! A deleted backup is gone at once.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "backups-deleted-at-once",
    "a deleted backup is gone at once",
    include_str!("backups_deleted_at_once.md"),
    look,
)
.warning()
.gate(Gate::Security)
.benchmarks(&[Mcsb("BR-2")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for vault in graph.of(BACKUP_VAULTS) {
        let part = vault.at("properties/securitySettings/softDeleteSettings/state");
        if part.is("Off") {
            report.push(Found::at(&part, format!("who may write to `{}` may delete all backups", vault.name())).help("set `state: 'On'`").safe_fix(&part, "On"));
        }
    }
}
