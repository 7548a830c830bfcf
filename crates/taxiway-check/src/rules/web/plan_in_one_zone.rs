//! The plan of production is in one zone.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "plan-in-one-zone",
    "the plan of production is in one zone",
    include_str!("plan_in_one_zone.md"),
    look,
)
.warning()
.pedantic()
.gate(Gate::Operations)
.benchmarks(&[Checkov("CKV_AZURE_225")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    if !graph.is_production() {
        return;
    }
    for plan in graph.of(PLANS) {
        let part = plan.at("properties/zoneRedundant");
        let can = tier_of(plan).is_some_and(|tier| tier.has_zones) && plan.at("sku/capacity").number().is_some_and(|count| count > 1.0);
        let has_zones = plan.at("location").text().and_then(taxiway_arm::catalogue::postgresql_region).is_some_and(|region| region.has_zones);
        if can && has_zones && part.is_false_or_absent() {
            report.push(Found::at(&part, format!("all instances of `{}` may stand in one zone", plan.name())).help("set `zoneRedundant: true`: from the second instance on it costs nothing more"));
        }
    }
}
