//! Blobs are to be restored to a point in time without what that needs.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "restore-without-history",
    "blobs are to be restored to a point in time without what that needs",
    include_str!("restore_without_history.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for service in graph.of("Microsoft.Storage/storageAccounts/blobServices") {
        let properties = service.at("properties");
        let part = properties.at("restorePolicy/enabled");
        let needs = [("isVersioningEnabled", "versioning"), ("changeFeed/enabled", "the change feed"), ("deleteRetentionPolicy/enabled", "soft delete")];
        let missing: Vec<&str> = needs.iter().filter(|(path, _)| properties.at(path).is_false_or_absent()).map(|(_, word)| *word).collect();
        if part.is_true() && !missing.is_empty() {
            report.push(Found::at(&part, format!("restoring to a point in time needs {}", missing.join(", "))));
        }
        let (days, kept) = (properties.at("restorePolicy/days"), properties.at("deleteRetentionPolicy/days"));
        if let (true, Some(restored), Some(deleted)) = (part.is_true(), days.number(), kept.number()) && restored >= deleted {
            report.push(Found::at(&days, format!("`restorePolicy.days` has to be below the {deleted} days of soft delete")).label(&kept, "soft delete"));
        }
    }
}
