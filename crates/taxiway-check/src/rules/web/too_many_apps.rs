//! A plan of the tier Free or Shared has more apps than it holds.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "too-many-apps",
    "a plan has more apps than its tier holds",
    include_str!("too_many_apps.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    let mut apps = std::collections::BTreeMap::<usize, usize>::new();
    for site in graph.of(SITES).filter(|node| graph.is_last(node)) {
        if let Some(plan) = graph.referred(&site.at("properties/serverFarmId")) {
            *apps.entry(plan.index).or_default() += 1;
        }
    }
    for (plan, count) in apps {
        let plan = &graph.nodes[plan];
        let size = plan.at("sku/name");
        let most = if size.is("F1") { 10 } else if size.is("D1") { 100 } else { continue };
        if count > most {
            report.push(Found::at(&size, format!("the plan `{}` has {count} apps, and its tier holds {most}", plan.name())).help("take Basic or higher, or a second plan"));
        }
    }
}
