//! An alert asks a metric for something that it does not have.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "wrong-aggregation",
    "an alert asks a metric for something that it does not have",
    include_str!("wrong_aggregation.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for alert in graph.of("Microsoft.Insights/metricAlerts") {
        for criterion in alert.at("properties/criteria/allOf").items() {
            let (name, space) = (criterion.at("metricName"), criterion.at("metricNamespace"));
            let part = criterion.at("timeAggregation");
            let (Some(name), Some(space), Some(asked)) = (name.text(), space.text(), part.text()) else { continue };
            let metric = taxiway_arm::catalogue::metric(space, name);
            if let Some(metric) = metric.filter(|metric| !metric.aggregations.iter().any(|known| known.eq_ignore_ascii_case(asked))) {
                report.push(Found::at(&part, format!("`{name}` has no {asked}")).help(format!("it has {}", metric.aggregations.join(", "))));
            }
        }
    }
}
