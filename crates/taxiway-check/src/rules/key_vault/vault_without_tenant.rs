//! A vault lacks its tenant or its tier.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "vault-without-tenant",
    "a vault lacks its tenant or its tier",
    include_str!("vault_without_tenant.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for vault in graph.of(VAULTS) {
        let missing: Vec<&str> = ["tenantId", "sku"].into_iter().filter(|name| vault.at("properties").at(name).is_absent()).collect();
        if !missing.is_empty() && !vault.at("properties").is_unknown() {
            report.push(Found::on(vault, format!("the vault `{}` lacks {}", vault.name(), missing.join(" and "))).help("add `tenantId: tenant().tenantId` and `sku: { family: 'A', name: 'standard' }`"));
        }
    }
}
