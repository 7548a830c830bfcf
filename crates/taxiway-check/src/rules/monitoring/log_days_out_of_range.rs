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
    // -1 asks for the time of the workspace.
    for table in graph.of("Microsoft.OperationalInsights/workspaces/tables") {
        for (name, most) in [("retentionInDays", 730.0), ("totalRetentionInDays", 4383.0)] {
            let part = table.at("properties").at(name);
            if part.is_outside(4.0, most) && part.number() != Some(-1.0) {
                report.push(Found::at(&part, format!("`{name}` of the table `{}` is {}; 4 to {most} are offered", table.name(), part.shown())));
            }
        }
    }
}
