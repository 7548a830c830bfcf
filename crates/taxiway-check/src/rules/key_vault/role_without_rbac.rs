//! A role is assigned on a vault that access policies rule.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "role-without-rbac",
    "a role is assigned on a vault that access policies rule",
    include_str!("role_without_rbac.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for assignment in graph.of("Microsoft.Authorization/roleAssignments") {
        let vault = assignment.id().extended().and_then(|id| graph.get(id.as_str())).filter(|node| node.is(VAULTS));
        let Some(vault) = vault else { continue };
        let rbac = vault.at("properties/enableRbacAuthorization");
        let is_data = role_of(assignment).is_some_and(|role| {
            role.starts_with("Key Vault ") && !matches!(role, "Key Vault Contributor" | "Key Vault Reader")
        });
        if rbac.is_false() && is_data {
            report.push(Found::on(assignment, format!("the vault `{}` is ruled by access policies, so this role does nothing", vault.name())).label(&rbac, "access policies").help("set `enableRbacAuthorization: true`"));
        }
    }
}
