//! A tag has another value at each deployment.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "changing-tag",
    "a tag has another value at each deployment",
    include_str!("changing_tag.md"),
    look,
)
.warning()
.gate(Gate::Operations);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for node in &graph.nodes {
        for (name, part) in node.at("tags").members() {
            let text = crate::origin::closure(graph.evaluated, node.resource, &format!("tags/{name}"));
            if ["utcNow(", "newGuid("].iter().any(|call| text.contains(call)) {
                report.push(Found::at(&part, format!("the tag `{name}` changes with every deployment")).help("leave the time to the deployment history"));
            }
        }
    }
}
