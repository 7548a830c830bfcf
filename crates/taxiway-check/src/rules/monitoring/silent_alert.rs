//! An alert tells nobody.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "silent-alert",
    "an alert tells nobody",
    include_str!("silent_alert.md"),
    look,
)
.warning()
.gate(Gate::Operations)
.benchmarks(&[Mcsb("IR-2")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for kind in ["Microsoft.Insights/metricAlerts", "Microsoft.Insights/activityLogAlerts"] {
        for alert in graph.of(kind) {
            let part = alert.at(if alert.is("Microsoft.Insights/metricAlerts") { "properties/actions" } else { "properties/actions/actionGroups" });
            if !part.is_unknown() && part.items().is_empty() && !alert.at("properties/enabled").is_false() {
                report.push(Found::at(&part, format!("the alert `{}` tells nobody", alert.name())).help("add an action group"));
            }
        }
    }
    for alert in graph.of("Microsoft.Insights/scheduledQueryRules") {
        let part = alert.at("properties/actions/actionGroups");
        let is_metric = alert.at("kind").is("LogToMetric");
        if !part.is_unknown() && part.items().is_empty() && !is_metric {
            report.push(Found::at(&part, format!("the alert `{}` tells nobody", alert.name())).help("add an action group"));
        }
    }
}
