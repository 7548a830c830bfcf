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
            let message = format!("what is deleted from the account `{}` is gone", account.name());
            let off = services.iter().map(|service| service.at("properties/deleteRetentionPolicy/enabled")).find(Part::is_false);
            let found = off.map_or_else(|| Found::on(account, message.clone()), |part| Found::at(&part, message.clone()).safe_fix(&part, true));
            report.push(found.help("enable `deleteRetentionPolicy` on `blobServices/default`"));
        }
    }
}
