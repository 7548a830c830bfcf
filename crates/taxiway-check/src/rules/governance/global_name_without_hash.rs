//! A name that is unique in all of Azure holds nothing that makes it so.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "global-name-without-hash",
    "a name that is unique in all of Azure holds nothing that makes it so",
    include_str!("global_name_without_hash.md"),
    look,
)
.warning()
.confidence(Confidence::Medium);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    if graph.stage() == Stage::Local {
        return;
    }
    for kind in [VAULTS, STORAGE, REGISTRIES] {
        for node in graph.of(kind).filter(|node| node.known_name().is_some()) {
            let text = crate::origin::closure(graph.evaluated, node.resource, "name");
            if !["uniqueString(", "guid(", "newGuid(", "substring("].iter().any(|call| text.contains(call)) {
                report.push(Found::at(&node.at("name"), format!("the name `{}` may be taken by somebody else", node.name())).help("add `uniqueString(resourceGroup().id)`, or a part of it"));
            }
        }
    }
}
