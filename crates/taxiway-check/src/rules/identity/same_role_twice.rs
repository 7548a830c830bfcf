//! A role is assigned twice to one principal at one scope.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "same-role-twice",
    "a role is assigned twice to one principal at one scope",
    include_str!("same_role_twice.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    let all: Vec<&Node<'_>> = graph.of(ROLES).filter(|node| graph.is_last(node)).collect();
    for (index, assignment) in all.iter().enumerate() {
        let key = |node: &Node<'_>| {
            let principal = node.at("properties/principalId").text_or_expression()?.to_ascii_lowercase();
            let role = node.at("properties/roleDefinitionId").text()?.to_ascii_lowercase();
            Some((principal, role, node.id().extended().map(|id| id.key().to_owned())))
        };
        let own = key(assignment);
        if own.is_some() && let Some(other) = all[..index].iter().find(|other| key(other) == own) {
            report.push(Found::on(assignment, "this principal gets this role here twice").label(&other.whole(), "the same").help("remove one"));
        }
    }
}
