//! A server keeps backups for a time that is not offered.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "backup-days-out-of-range",
    "a server keeps backups for a time that is not offered",
    include_str!("backup_days_out_of_range.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        let part = server.at("properties/backup/backupRetentionDays");
        if part.is_outside(7.0, 35.0) {
            report.push(Found::at(&part, format!("backups are kept for {} days; 7 to 35 are offered", part.shown())));
        }
    }
}
