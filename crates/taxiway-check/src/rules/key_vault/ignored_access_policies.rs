//! A vault that roles rule has access policies.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "ignored-access-policies",
    "a vault that roles rule has access policies",
    include_str!("ignored_access_policies.md"),
    look,
)
.warning();

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for vault in graph.of(VAULTS) {
        let part = vault.at("properties/accessPolicies");
        if vault.at("properties/enableRbacAuthorization").is_true() && !part.items().is_empty() {
            report.push(Found::at(&part, format!("the vault `{}` is ruled by roles and ignores these policies", vault.name())).help("remove them, and assign roles instead"));
        }
    }
}
