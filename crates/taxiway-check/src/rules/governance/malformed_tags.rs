//! A resource has tags that Azure does not take.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "malformed-tags",
    "a resource has tags that Azure does not take",
    include_str!("malformed_tags.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for node in &graph.nodes {
        let tags = node.at("tags");
        let members = tags.members();
        if members.len() > 50 {
            report.push(Found::at(&tags, format!("`{}` has {} tags, and may have 50", node.name(), members.len())));
        }
        for (name, part) in members {
            let is_hidden = name.starts_with("hidden-") || name.starts_with('[');
            let wrong = name.chars().find(|letter| "<>%&\\?/".contains(*letter));
            if let Some(wrong) = wrong.filter(|_| !is_hidden) {
                report.push(Found::at(&part, format!("the name of the tag `{name}` holds `{wrong}`")));
            } else if part.text().is_some_and(|text| text.chars().count() > 256) {
                report.push(Found::at(&part, format!("the tag `{name}` has more than 256 characters")));
            }
        }
    }
}
