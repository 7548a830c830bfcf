//! A vault says `enablePurgeProtection: false`, which Azure refuses.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "purge-protection-false",
    "a vault says `enablePurgeProtection: false`, which Azure refuses",
    include_str!("purge_protection_false.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for vault in graph.of(VAULTS) {
        let part = vault.at("properties/enablePurgeProtection");
        if part.is_false() {
            report.push(Found::at(&part, "`enablePurgeProtection` does not take `false`").help("leave it out, or write `purgeProtection ? true : null`"));
        }
    }
}
