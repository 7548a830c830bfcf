//! Deleted files of production cannot be brought back.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "lost-media",
    "deleted files of production cannot be brought back",
    include_str!("lost_media.md"),
    look,
)
.warning()
.gate(Gate::Operations)
.confidence(Confidence::Medium)
.benchmarks(&[Checkov("CKV2_AZURE_38"), Mcsb("BR-2"), Cis("3.11")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for account in graph.of(STORAGE).filter(|_| graph.is_production()) {
        let services: Vec<_> = graph.children(account, "blobServices").collect();
        let is_kept = services.iter().any(|service| {
            let part = service.at("properties/deleteRetentionPolicy/enabled");
            part.is_true() || part.is_unknown()
        });
        if !is_kept && graph.has("Microsoft.Storage/storageAccounts/blobServices/containers") {
            report.push(Found::on(account, format!("what is deleted from the account `{}` is gone", account.name())).help("enable `deleteRetentionPolicy` on `blobServices/default`"));
        }
    }
}
