//! A plan is to scale by requests, and its tier cannot.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "automatic-scaling-without-tier",
    "a plan is to scale by requests, and its tier cannot",
    include_str!("automatic_scaling_without_tier.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for plan in graph.of(PLANS) {
        let part = plan.at("properties/elasticScaleEnabled");
        let tier = tier_of(plan).filter(|tier| part.is_true() && !tier.has_automatic_scaling);
        if let Some(tier) = tier {
            let message = format!("the plan `{}` is to scale by requests; the tier {} cannot", plan.name(), tier.name);
            report.push(Found::at(&part, message).help("take Premium v2 or v3, or use autoscale settings").unsafe_fix(&part, false));
        }
    }
}
