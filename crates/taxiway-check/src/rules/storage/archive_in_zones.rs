//! Files are to be archived in an account that has no archive.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "archive-in-zones",
    "files are to be archived in an account that has no archive",
    include_str!("archive_in_zones.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for policy in graph.of("Microsoft.Storage/storageAccounts/managementPolicies") {
        let Some(account) = graph.parent(policy) else { continue };
        let sku = account.at("sku/name");
        if !sku.is_any(&["Standard_ZRS", "Standard_GZRS", "Standard_RAGZRS"]) {
            continue;
        }
        for rule in policy.at("properties/policy/rules").items() {
            let part = rule.at("definition/actions/baseBlob/tierToArchive");
            if part.is_present() {
                report.push(Found::at(&part, format!("{} has no archive tier", sku.shown())).label(&sku, "the account's redundancy").help("use LRS, GRS or RA-GRS, or `tierToCold`"));
            }
        }
    }
}
