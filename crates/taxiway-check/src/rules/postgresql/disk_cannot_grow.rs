//! The disk of a production database does not grow.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "disk-cannot-grow",
    "the disk of a production database does not grow",
    include_str!("disk_cannot_grow.md"),
    look,
)
.warning()
.gate(Gate::Operations);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    if !graph.is_production() {
        return;
    }
    for server in graph.of(POSTGRESQL) {
        let storage = server.at("properties/storage");
        let part = storage.at("autoGrow");
        let can = !storage.at("type").is("PremiumV2_LRS") && storage.is_present() && !storage.is_unknown();
        if can && (part.is("Disabled") || part.is_absent()) {
            report.push(Found::at(&part, format!("the disk of `{}` does not grow; full, the server is read-only", server.name())).help("set `storage.autoGrow: 'Enabled'`"));
        }
    }
}
