//! Blob versions and a hierarchical namespace exclude each other.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "versions-with-folders",
    "blob versions and a hierarchical namespace exclude each other",
    include_str!("versions_with_folders.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for service in graph.of("Microsoft.Storage/storageAccounts/blobServices") {
        let part = service.at("properties/isVersioningEnabled");
        let account = graph.parent(service);
        if let Some(folders) = account.map(|account| account.at("properties/isHnsEnabled"))
            && part.is_true()
            && folders.is_true()
        {
            report.push(Found::at(&part, "an account with a hierarchical namespace keeps no versions").label(&folders, "the namespace"));
        }
    }
}
