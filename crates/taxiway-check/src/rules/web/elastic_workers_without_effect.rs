//! A plan sets elastic workers without scaling by requests.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "elastic-workers-without-effect",
    "a plan sets elastic workers without scaling by requests",
    include_str!("elastic_workers_without_effect.md"),
    look,
)
.warning();

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for plan in graph.of(PLANS) {
        let part = plan.at("properties/maximumElasticWorkerCount");
        let is_elastic = plan.at("sku/tier").text_or_expression().is_some_and(|tier| tier.to_ascii_lowercase().starts_with("elastic"));
        let scales = plan.at("properties/elasticScaleEnabled");
        if part.number().is_some_and(|count| count > 1.0) && !is_elastic && scales.is_false_or_absent() && tier_of(plan).is_some() {
            let message = format!("`maximumElasticWorkerCount` does nothing on the plan `{}`", plan.name());
            report.push(Found::at(&part, message).help("set `elasticScaleEnabled: true` (Premium v2 and v3), or use autoscale settings"));
        }
    }
}
