//! A role is assigned by an id that is not a whole one.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "partial-role-id",
    "a role is assigned by an id that is not a whole one",
    include_str!("partial_role_id.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for assignment in graph.of(ROLES) {
        let part = assignment.at("properties/roleDefinitionId");
        if part.text().is_some_and(|id| !id.to_ascii_lowercase().contains("/providers/microsoft.authorization/roledefinitions/")) {
            report.push(Found::at(&part, format!("`{}` is not the id of a role", part.shown())).help("write `subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '<guid>')`"));
        }
    }
}
