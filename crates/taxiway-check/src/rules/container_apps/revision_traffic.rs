//! The weights of revisions are not a whole.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "revision-traffic",
    "the weights of revisions are not a whole",
    include_str!("revision_traffic.md"),
    look,
)
.confidence(Confidence::Medium);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for app in graph.of(CONTAINER_APPS) {
        let part = app.at("properties/configuration/ingress/traffic");
        let shares: Vec<Option<f64>> = part.items().iter().map(|share| share.at("weight").number()).collect();
        let total: Option<f64> = shares.iter().copied().sum();
        if let Some(total) = total.filter(|total| !shares.is_empty() && (*total - 100.0).abs() > f64::EPSILON) {
            report.push(Found::at(&part, format!("the weights are {total} together")).help("they have to be 100"));
        }
    }
}
