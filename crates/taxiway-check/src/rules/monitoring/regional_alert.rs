//! A metric alert is put into a region.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "regional-alert",
    "a metric alert is put into a region",
    include_str!("regional_alert.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for alert in graph.of("Microsoft.Insights/metricAlerts") {
        let part = alert.at("location");
        if part.text().is_some_and(|location| !location.eq_ignore_ascii_case("global")) {
            report.push(Found::at(&part, format!("metric alerts are global, and not in {}", part.shown())).safe_fix(&part, "global"));
        }
    }
}
