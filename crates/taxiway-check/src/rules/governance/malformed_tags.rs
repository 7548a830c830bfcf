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
        let most = most_tags(&node.kind);
        if members.len() > most {
            report.push(Found::at(&tags, format!("`{}` has {} tags, and may have {most}", node.name(), members.len())));
        }
        let longest = if node.is(STORAGE) { 128 } else { 512 };
        for (name, part) in members {
            let is_hidden = name.starts_with("hidden-") || name.starts_with('[');
            let wrong = name.chars().find(|letter| "<>%&\\?/".contains(*letter));
            if let Some(wrong) = wrong.filter(|_| !is_hidden) {
                report.push(Found::at(&part, format!("the name of the tag `{name}` holds `{wrong}`")));
            } else if name.chars().count() > longest && !name.starts_with('[') {
                report.push(Found::at(&part, format!("the name of a tag of `{}` has {} characters, and may have {longest}", node.name(), name.chars().count())));
            } else if part.text().is_some_and(|text| text.chars().count() > 256) {
                report.push(Found::at(&part, format!("the tag `{name}` has more than 256 characters")));
            }
        }
    }
}

/// How many tags a resource of a type may have. Source: Use tags to organize your Azure resources, limitations.
fn most_tags(kind: &str) -> usize {
    const FEW: &[&str] = &["microsoft.network/dnszones", "microsoft.network/privatednszones", "microsoft.cdn/profiles", "microsoft.automation/automationaccounts"];
    let is_few = FEW.iter().any(|known| kind.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    if is_few { 15 } else { 50 }
}
