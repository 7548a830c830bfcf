//! A site refers to secrets and has no identity to read them with.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "reference-without-identity",
    "a site refers to secrets and has no identity to read them with",
    include_str!("reference_without_identity.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph).filter(|site| has_references(site)) {
        let chosen = site.node.at("properties/keyVaultReferenceIdentity");
        let identity = site.node.at("identity");
        let is_system = chosen.is_absent() || chosen.is("SystemAssigned");
        if identity.is_absent() {
            report.push(Found::on(site.node, format!("{} refers to secrets and has no identity", site.title())).help("give it one, and the role Key Vault Secrets User"));
        } else if is_system && !identity.at("type").is_unknown() && !site.has_system_identity() {
            report.push(Found::at(&chosen, format!("{} reads secrets with its system-assigned identity, which it does not have", site.title())).help("set `keyVaultReferenceIdentity` to the resource id of its user-assigned identity"));
        } else if let (Some(id), Some(assigned)) = (chosen.text().filter(|id| id.starts_with('/')), site.identities())
            && !assigned.iter().any(|known| known.eq_ignore_ascii_case(id))
        {
            report.push(Found::at(&chosen, format!("{} reads secrets with an identity that is not assigned to it", site.title())).label(&identity, "what is assigned"));
        }
    }
}
