//! A production plan has a single instance.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "single-instance",
    "a production plan has a single instance",
    include_str!("single_instance.md"),
    look,
)
.warning()
.gate(Gate::Operations)
.benchmarks(&[Checkov("CKV_AZURE_212")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    if graph.stage() == Stage::Other {
        return;
    }
    for plan in graph.of(PLANS) {
        let part = plan.at("sku/capacity");
        let has_others = tier_of(plan).is_some_and(|tier| tier.instances > 1);
        let scales = autoscale_of(graph, plan).is_some() || plan.at("properties/elasticScaleEnabled").is_true();
        if has_others && !scales && (part.is_absent() || part.number() == Some(1.0)) {
            let message = format!("the plan `{}` has a single instance", plan.name());
            let found = Found::at(&part, message).help("set `capacity: 2`: updates of the platform restart instances one after the other");
            report.push(if graph.is_production() { found } else { found.pedantic() });
        }
    }
}

fn autoscale_of<'g, 'e>(graph: &'g Graph<'e>, plan: &Node<'_>) -> Option<&'g Node<'e>> {
    graph.of("Microsoft.Insights/autoscalesettings").find(|setting| {
        graph.referred(&setting.at("properties/targetResourceUri")).is_some_and(|target| target.index == plan.index)
    })
}
