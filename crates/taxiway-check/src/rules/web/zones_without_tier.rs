//! A plan is to be spread over zones, and its tier cannot be.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "zones-without-tier",
    "a plan is to be spread over zones, and its tier cannot be",
    include_str!("zones_without_tier.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for plan in graph.of(PLANS) {
        let part = plan.at("properties/zoneRedundant");
        let tier = tier_of(plan).filter(|tier| part.is_true() && !tier.has_zones);
        if let Some(tier) = tier {
            let message = format!("the plan `{}` is zone redundant; the tier {} cannot be", plan.name(), tier.name);
            report.push(Found::at(&part, message).help("take Premium v2 or higher, or leave it out").unsafe_fix(&part, false));
        }
    }
}
