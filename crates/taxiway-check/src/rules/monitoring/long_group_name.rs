//! An action group has a short name that is too long.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "long-group-name",
    "an action group has a short name that is too long",
    include_str!("long_group_name.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for group in graph.of("Microsoft.Insights/actionGroups") {
        let part = group.at("properties/groupShortName");
        if part.text().is_some_and(|name| name.is_empty() || name.chars().count() > 12) {
            report.push(Found::at(&part, format!("`{}` has to have 1 to 12 characters", part.shown())));
        }
    }
}
