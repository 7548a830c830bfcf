//! Restrictions of an ingress allow and deny.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "mixed-restrictions",
    "restrictions of an ingress allow and deny",
    include_str!("mixed_restrictions.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for app in graph.of(CONTAINER_APPS) {
        let actions: Vec<Part<'_>> = app.at("properties/configuration/ingress/ipSecurityRestrictions").items().iter().map(|rule| rule.at("action")).collect();
        let first = actions.iter().find(|action| action.text().is_some());
        let other = first.and_then(|first| actions.iter().find(|action| action.text().is_some_and(|text| !first.is(text))));
        if let (Some(first), Some(other)) = (first, other) {
            report.push(Found::at(other, "all restrictions of an ingress either allow or deny").label(first, "the first one").help("list what is allowed; all else is denied"));
        }
    }
}
