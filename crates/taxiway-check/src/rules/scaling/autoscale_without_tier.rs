//! A plan is to scale by rules, and its tier cannot.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "autoscale-without-tier",
    "a plan is to scale by rules, and its tier cannot",
    include_str!("autoscale_without_tier.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for setting in graph.of("Microsoft.Insights/autoscalesettings") {
        let part = setting.at("properties/targetResourceUri");
        let Some(plan) = graph.referred(&part) else { continue };
        if let Some(tier) = tier_of(plan).filter(|tier| !tier.has_autoscale) {
            report.push(Found::at(&part, format!("the plan `{}` is of the tier {}, which does not scale by rules", plan.name(), tier.name)).label(&plan.at("sku/name"), "the tier").help("take Standard or higher"));
        }
    }
}
