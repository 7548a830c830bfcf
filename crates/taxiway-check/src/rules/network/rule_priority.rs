//! A security rule has a priority that is not offered, or that another has.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "rule-priority",
    "a security rule has a priority that is not offered, or that another has",
    include_str!("rule_priority.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for group in graph.of("Microsoft.Network/networkSecurityGroups") {
        let rules = group.at("properties/securityRules").items();
        for (index, rule) in rules.iter().enumerate() {
            let part = rule.at("properties/priority");
            let direction = rule.at("properties/direction");
            let same = rules[..index].iter().find(|other| {
                other.at("properties/priority").number().is_some_and(|priority| part.number() == Some(priority))
                    && direction.text().is_some_and(|text| other.at("properties/direction").is(text))
            });
            if part.is_outside(100.0, 4096.0) {
                report.push(Found::at(&part, format!("the priority is {}, and takes 100 to 4096", part.shown())));
            } else if let Some(other) = same {
                report.push(Found::at(&part, format!("`{}` has this priority already", other.at("name").shown())).label(&other.at("properties/priority"), "the same"));
            }
        }
    }
}
