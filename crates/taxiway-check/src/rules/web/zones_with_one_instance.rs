//! A zone redundant plan says one instance and is billed as two.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "zones-with-one-instance",
    "a zone redundant plan says one instance and is billed as two",
    include_str!("zones_with_one_instance.md"),
    look,
)
.warning()
.gate(Gate::Cost);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for plan in graph.of(PLANS) {
        let part = plan.at("sku/capacity");
        if plan.at("properties/zoneRedundant").is_true() && part.number() == Some(1.0) {
            let message = format!("the plan `{}` is zone redundant, and so runs and costs two instances, not one", plan.name());
            report.push(Found::at(&part, message).help("set `capacity: 2`, or `zoneRedundant: false`").safe_fix(&part, 2));
        }
    }
}
