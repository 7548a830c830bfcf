//! A role is assigned on a registry that judges by repository and does not honour it.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "role-ignored-by-registry",
    "a role is assigned that its registry does not honour",
    include_str!("role_ignored_by_registry.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for assignment in graph.of(ROLES) {
        let registry = assignment.id().extended().and_then(|scope| graph.get(scope.key()));
        let Some(registry) = registry.filter(|scope| scope.is(REGISTRIES)) else { continue };
        let mode = registry.at("properties/roleAssignmentMode");
        let role = role_of(assignment).filter(|role| ["AcrPull", "AcrPush", "AcrDelete"].contains(role));
        if let Some(role) = role.filter(|_| mode.is("AbacRepositoryPermissions")) {
            let message = format!("the registry `{}` judges by repository, and does not honour {role}", registry.name());
            report.push(Found::at(&assignment.at("properties/roleDefinitionId"), message).label(&mode, "by repository").help("assign Container Registry Repository Reader, Writer or Contributor"));
        }
    }
}
