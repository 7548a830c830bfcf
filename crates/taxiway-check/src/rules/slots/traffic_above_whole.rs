//! Routing rules send more than all of the traffic to slots.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "traffic-above-whole",
    "routing rules send more than all of the traffic to slots",
    include_str!("traffic_above_whole.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph).filter(|site| !site.is_slot()) {
        let rules = site.config("experiments").at("rampUpRules");
        let share: f64 = rules.items().iter().filter_map(|rule| rule.at("reroutePercentage").number()).sum();
        if share > 100.0 {
            report.push(Found::at(&rules, format!("the rules send {share} % of the traffic to slots")));
        }
    }
}
