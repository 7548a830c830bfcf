//! A plan scales out and never back.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "one-way-scaling",
    "a plan scales out and never back",
    include_str!("one_way_scaling.md"),
    look,
)
.warning()
.gate(Gate::Cost);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for setting in graph.of("Microsoft.Insights/autoscalesettings") {
        for profile in setting.at("properties/profiles").items() {
            let rules = profile.at("rules");
            let goes = |direction: &str| rules.items().iter().any(|rule| rule.at("scaleAction/direction").is(direction));
            if goes("Increase") && !goes("Decrease") {
                report.push(Found::at(&rules, format!("`{}` adds instances and never removes one", setting.name())).help("add a rule with `Decrease` on the same metric and a lower threshold"));
            }
        }
    }
}
