//! The load at which instances are removed is not below the one at which they are added.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "unsettled-scaling",
    "a plan adds and removes instances at the same load",
    include_str!("unsettled_scaling.md"),
    look,
)
.warning()
.gate(Gate::Operations);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for setting in graph.of("Microsoft.Insights/autoscalesettings") {
        for profile in setting.at("properties/profiles").items() {
            let rules = profile.at("rules").items();
            for less in rules.iter().filter(|rule| goes(rule, "Decrease", "LessThan")) {
                let more = rules.iter().filter(|rule| goes(rule, "Increase", "GreaterThan") && watched(rule).is_some() && watched(rule) == watched(less));
                let limit = |rule: &Part<'_>| rule.at("metricTrigger/threshold").number();
                let met = more.into_iter().find(|more| limit(less).zip(limit(more)).is_some_and(|(low, high)| low >= high));
                if let Some(more) = met {
                    let (low, high) = (less.at("metricTrigger/threshold"), more.at("metricTrigger/threshold"));
                    let message = format!("`{}` removes instances below {} and adds them above {}", setting.name(), low.shown(), high.shown());
                    report.push(Found::at(&low, message).label(&high, "instances are added").help("remove instances at well below half of the load at which they are added"));
                }
            }
        }
    }
}

fn goes(rule: &Part<'_>, direction: &str, operator: &str) -> bool {
    rule.at("scaleAction/direction").is(direction) && rule.at("metricTrigger/operator").text().is_some_and(|known| known.starts_with(operator))
}

/// What a rule looks at: the metric and whose it is.
fn watched(rule: &Part<'_>) -> Option<(String, Option<String>, Option<String>)> {
    let trigger = rule.at("metricTrigger");
    let name = trigger.at("metricName").text()?.to_ascii_lowercase();
    let owner = trigger.at("metricResourceUri").text_or_expression().map(str::to_ascii_lowercase);
    let dimensions = trigger.at("dimensions").value().map(ToString::to_string);
    Some((name, owner, dimensions))
}
