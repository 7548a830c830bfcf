//! A container is open to everybody.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "public-container",
    "a container is open to everybody",
    include_str!("public_container.md"),
    look,
)
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV2_AZURE_8"), Checkov("CKV_AZURE_190"), Checkov("CKV_AZURE_34"), Mcsb("NS-2")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for container in graph.of("Microsoft.Storage/storageAccounts/blobServices/containers") {
        let part = container.at("properties/publicAccess");
        if part.is_any(&["Blob", "Container"]) {
            report.push(Found::at(&part, format!("the container `{}` is open to everybody", container.name())).help("set `publicAccess: 'None'`").unsafe_fix(&part, "None"));
        }
    }
}
