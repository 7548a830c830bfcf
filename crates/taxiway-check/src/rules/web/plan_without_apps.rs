//! A plan is paid for and nothing runs on it.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "plan-without-apps",
    "a plan is paid for and nothing runs on it",
    include_str!("plan_without_apps.md"),
    look,
)
.warning()
.gate(Gate::Cost)
.confidence(Confidence::Medium);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for plan in graph.of(PLANS).filter(|plan| tier_of(plan).is_some_and(|tier| tier.instances > 1)) {
        let text = plan.id().key();
        let users = [SITES, SLOTS].into_iter().flat_map(|kind| graph.of(kind));
        let is_used = users.into_iter().any(|site| {
            let farm = site.at("properties/serverFarmId");
            farm.text_or_expression().is_some_and(|farm| farm.to_ascii_lowercase().contains(text)) || farm.is_unknown()
        });
        let is_alone = graph.nodes.len() <= 2;
        if !is_used && !is_alone {
            let message = format!("the plan `{}` has no apps, and is paid for all the same", plan.name());
            report.push(Found::on(plan, message).help("remove it, or put the apps on it"));
        }
    }
}
