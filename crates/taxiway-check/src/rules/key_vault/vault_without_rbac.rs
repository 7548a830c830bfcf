//! A vault does not say that roles rule it.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "vault-without-rbac",
    "a vault does not say that roles rule it",
    include_str!("vault_without_rbac.md"),
    look,
)
.warning()
.gate(Gate::Security)
.benchmarks(&[Mcsb("PA-7"), Cis("8.6")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for vault in graph.of(VAULTS) {
        let part = vault.at("properties/enableRbacAuthorization");
        if part.is_false_or_absent() {
            let message = format!("the vault `{}` is ruled by access policies, or by the default of its API version", vault.name());
            report.push(Found::at(&part, message).help("set `enableRbacAuthorization: true`, and assign roles").unsafe_fix(&part, true));
        }
    }
}
