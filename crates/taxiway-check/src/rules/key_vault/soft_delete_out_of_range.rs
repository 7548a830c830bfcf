//! A vault keeps what is deleted for a time that is not offered.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "soft-delete-out-of-range",
    "a vault keeps what is deleted for a time that is not offered",
    include_str!("soft_delete_out_of_range.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for vault in graph.of(VAULTS) {
        let part = vault.at("properties/softDeleteRetentionInDays");
        if part.is_outside(7.0, 90.0) {
            report.push(Found::at(&part, format!("`softDeleteRetentionInDays` is {}, and takes 7 to 90", part.shown())));
        }
    }
}
