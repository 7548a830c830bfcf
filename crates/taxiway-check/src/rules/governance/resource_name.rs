//! A resource has a name that Azure does not take.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "resource-name",
    "a resource has a name that Azure does not take",
    include_str!("resource_name.md"),
    look,
)
.benchmarks(&[Checkov("CKV_AZURE_43")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for node in &graph.nodes {
        let Some(rule) = taxiway_arm::catalogue::name_rule(&node.kind) else { continue };
        if let Some(problem) = node.known_name().and_then(|name| rule.problem(name)) {
            report.push(Found::at(&node.at("name"), format!("the name `{}` {problem}", node.name())));
        }
    }
}
