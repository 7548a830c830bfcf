//! An alert asks a metric for something that it does not have.

use taxiway_arm::ResourceId;

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "wrong-aggregation",
    "an alert asks a metric for something that it does not have",
    include_str!("wrong_aggregation.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for alert in graph.of("Microsoft.Insights/metricAlerts") {
        let scope = alert.at("properties/scopes/0").text().and_then(|id| ResourceId::parse(id).ok());
        let watched = scope.map(|id| id.resource_type());
        for criterion in alert.at("properties/criteria/allOf").items() {
            let (name, space) = (criterion.at("metricName"), criterion.at("metricNamespace"));
            // Without a namespace it is the type of what is watched.
            let space = space.text().map(str::to_owned).or_else(|| watched.clone().filter(|_| space.is_absent()));
            let part = criterion.at("timeAggregation");
            let (Some(name), Some(space), Some(asked)) = (name.text(), space, part.text()) else { continue };
            let metric = taxiway_arm::catalogue::metric(&space, name);
            if let Some(metric) = metric.filter(|metric| !metric.aggregations.iter().any(|known| known.eq_ignore_ascii_case(asked))) {
                report.push(Found::at(&part, format!("`{name}` has no {asked}")).help(format!("it has {}", metric.aggregations.join(", "))));
            }
        }
    }
}
