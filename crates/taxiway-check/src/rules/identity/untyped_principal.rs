//! A role assignment does not say what its principal is.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "untyped-principal",
    "a role assignment does not say what its principal is",
    include_str!("untyped_principal.md"),
    look,
)
.warning();

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for assignment in graph.of(ROLES) {
        let part = assignment.at("properties/principalType");
        let principal = assignment.at("properties/principalId");
        let is_new = principal.text_or_expression().is_some_and(|id| id.contains("/providers/") && id.contains("reference("));
        if part.is_absent() && is_new {
            report.push(Found::at(&principal, "the principal is new, and Azure may not find it yet").help("set `principalType: 'ServicePrincipal'`").safe_fix(&part, "ServicePrincipal"));
        }
    }
}
