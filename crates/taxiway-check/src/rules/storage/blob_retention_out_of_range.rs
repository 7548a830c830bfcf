//! A storage account keeps deleted blobs for a time that is not offered.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "blob-retention-out-of-range",
    "a storage account keeps deleted blobs for a time that is not offered",
    include_str!("blob_retention_out_of_range.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for service in graph.of("Microsoft.Storage/storageAccounts/blobServices") {
        for name in ["deleteRetentionPolicy", "containerDeleteRetentionPolicy"] {
            let part = service.at("properties").at(name).at("days");
            if part.is_outside(1.0, 365.0) {
                report.push(Found::at(&part, format!("`{name}.days` is {}, and takes 1 to 365", part.shown())));
            }
        }
    }
}
