//! A Linux plan lacks `reserved` and becomes a Windows plan.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "unreserved-linux-plan",
    "a Linux plan lacks `reserved` and becomes a Windows plan",
    include_str!("unreserved_linux_plan.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for plan in graph.of(PLANS) {
        let kind = plan.at("kind").text().unwrap_or_default().to_ascii_lowercase();
        let part = plan.at("properties/reserved");
        if kind.contains("linux") && part.is_false_or_absent() {
            let message = format!("the plan `{}` says `linux` and becomes a Windows plan", plan.name());
            report.push(Found::at(&part, message).help("set `reserved: true`").safe_fix(&part, true));
        }
    }
}
