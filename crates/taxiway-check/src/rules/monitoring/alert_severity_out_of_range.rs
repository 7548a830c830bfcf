//! An alert has a severity that Azure does not have.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "alert-severity-out-of-range",
    "an alert has a severity that there is not",
    include_str!("alert_severity_out_of_range.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    let alerts = graph.of("Microsoft.Insights/metricAlerts").chain(graph.of("Microsoft.Insights/scheduledQueryRules"));
    for alert in alerts {
        let part = alert.at("properties/severity");
        if part.is_outside(0.0, 4.0) {
            report.push(Found::at(&part, format!("`{}` has the severity {}; there are 0 (critical) to 4 (verbose)", alert.name(), part.shown())));
        }
    }
}
