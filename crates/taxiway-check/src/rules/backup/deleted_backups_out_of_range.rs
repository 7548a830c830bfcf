//! Deleted backups are kept for 14 to 180 days.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "deleted-backups-out-of-range",
    "deleted backups are kept for 14 to 180 days",
    include_str!("deleted_backups_out_of_range.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for vault in graph.of(BACKUP_VAULTS) {
        let part = vault.at("properties/securitySettings/softDeleteSettings/retentionDurationInDays");
        if part.is_outside(14.0, 180.0) {
            report.push(Found::at(&part, format!("deleted backups cannot be kept for {} days", part.shown())).help("choose 14 to 180; 14 cost nothing"));
        }
    }
}
