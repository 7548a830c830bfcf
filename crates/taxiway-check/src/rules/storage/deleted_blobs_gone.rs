//! A deleted file cannot be brought back.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "deleted-blobs-gone",
    "a deleted file cannot be brought back",
    include_str!("deleted_blobs_gone.md"),
    look,
)
.warning()
.pedantic()
.gate(Gate::Operations)
.benchmarks(&[Checkov("CKV2_AZURE_38"), Mcsb("BR-2"), Cis("3.11")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for service in graph.of("Microsoft.Storage/storageAccounts/blobServices") {
        let part = service.at("properties/deleteRetentionPolicy/enabled");
        if part.is_false_or_absent() {
            report.push(Found::at(&part, "a deleted file is gone").help("set `deleteRetentionPolicy: { enabled: true, days: 14 }`"));
        }
    }
}
