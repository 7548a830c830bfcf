//! A plan has more instances than its tier allows.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "too-many-instances",
    "a plan has more instances than its tier allows",
    include_str!("too_many_instances.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for plan in graph.of(PLANS) {
        let part = plan.at("sku/capacity");
        let tier = tier_of(plan).filter(|tier| part.is_outside(0.0, f64::from(tier.instances)));
        if let Some(tier) = tier {
            let message = format!("the plan `{}` has {} instances; the tier {} allows {}", plan.name(), part.shown(), tier.name, tier.instances);
            report.push(Found::at(&part, message));
        }
    }
}
