//! Blobs are backed up in place without the history that this needs.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "blobs-without-history",
    "blobs are backed up in place without the history that this needs",
    include_str!("blobs_without_history.md"),
    look,
)
.warning()
.confidence(Confidence::Medium)
.gate(Gate::Operations)
.benchmarks(&[Mcsb("BR-1")]);

const NEEDED: [&str; 3] = ["isVersioningEnabled", "changeFeed/enabled", "restorePolicy/enabled"];

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for instance in graph.of("Microsoft.DataProtection/backupVaults/backupInstances") {
        let source = instance.at("properties/dataSourceInfo");
        let is_of_blobs = source.at("datasourceType").is("Microsoft.Storage/storageAccounts/blobServices");
        let Some(account) = graph.referred(&source.at("resourceID")).filter(|_| is_of_blobs) else { continue };
        let Some(service) = graph.children(account, "blobServices").next() else { continue };
        let off: Vec<&str> = NEEDED.into_iter().filter(|name| service.at("properties").at(name).is_false()).collect();
        for name in off {
            let part = service.at("properties").at(name);
            let message = format!("`{}` is backed up in place, which needs `{}`", account.name(), name.replace('/', "."));
            report.push(Found::at(&part, message).help("switch it on; the backup itself does so only where nothing says otherwise").safe_fix(&part, true));
        }
    }
}
