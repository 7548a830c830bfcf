//! The least number of replicas is above the most.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "replicas-upside-down",
    "the least number of replicas is above the most",
    include_str!("replicas_upside_down.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for app in graph.of(CONTAINER_APPS) {
        let scale = app.at("properties/template/scale");
        let (least, most) = (scale.at("minReplicas"), scale.at("maxReplicas"));
        if let (Some(low), Some(high)) = (least.number(), most.number().or_else(|| most.is_absent().then_some(10.0)))
            && low > high
        {
            report.push(Found::at(&least, format!("at least {low} replicas, and at most {high}")).label(&most, "the most"));
        }
    }
}
