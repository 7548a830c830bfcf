//! A plan may scale to more instances than its tier allows.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "autoscale-beyond-tier",
    "a plan may scale to more instances than its tier allows",
    include_str!("autoscale_beyond_tier.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for setting in graph.of("Microsoft.Insights/autoscalesettings") {
        let plan = graph.referred(&setting.at("properties/targetResourceUri"));
        for profile in setting.at("properties/profiles").items() {
            let (least, most) = (profile.at("capacity/minimum"), profile.at("capacity/maximum"));
            if let (Some(low), Some(high)) = (least.number(), most.number()) && low > high {
                report.push(Found::at(&most, format!("the maximum of {high} is below the minimum of {low}")).label(&least, "the minimum"));
            } else if let Some(tier) = plan.and_then(tier_of).filter(|tier| most.is_outside(0.0, f64::from(tier.instances))) {
                report.push(Found::at(&most, format!("the tier {} allows {} instances, not {}", tier.name, tier.instances, most.shown())));
            }
        }
    }
}
