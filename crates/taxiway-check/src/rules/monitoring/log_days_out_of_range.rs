//! A workspace keeps logs for a time that is not offered.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "log-days-out-of-range",
    "a workspace keeps logs for a time that is not offered",
    include_str!("log_days_out_of_range.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for workspace in graph.of("Microsoft.OperationalInsights/workspaces") {
        let part = workspace.at("properties/retentionInDays");
        let is_free = workspace.at("properties/sku/name").is_any(&["Free", "Standard", "Premium"]);
        if part.is_outside(30.0, 730.0) && !is_free {
            report.push(Found::at(&part, format!("logs are kept for {} days; 30 to 730 are offered", part.shown())));
        }
    }
}
