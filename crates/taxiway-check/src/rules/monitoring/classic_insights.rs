//! Application Insights keeps its data outside of a workspace.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "classic-insights",
    "Application Insights keeps its data outside of a workspace",
    include_str!("classic_insights.md"),
    look,
)
.warning();

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for component in graph.of("Microsoft.Insights/components") {
        let part = component.at("properties/WorkspaceResourceId");
        if part.is_absent() {
            report.push(Found::at(&part, format!("`{}` belongs to no workspace", component.name())).help("set `WorkspaceResourceId`"));
        }
    }
}
