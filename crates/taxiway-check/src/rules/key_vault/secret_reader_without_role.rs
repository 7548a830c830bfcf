//! A site refers to secrets of a vault that its identity may not read.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "secret-reader-without-role",
    "a site refers to secrets of a vault that its identity may not read",
    include_str!("secret_reader_without_role.md"),
    look,
)
.confidence(Confidence::Medium);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph).filter(|site| has_references(site)) {
        for vault in vaults_of(graph, &site) {
            if vault.at("properties/enableRbacAuthorization").is_false_or_absent() || may_read(graph, &site, vault) {
                continue;
            }
            let message = format!("{} may not read the secrets of the vault `{}`", site.title(), vault.name());
            report.push(Found::on(site.node, message).label(&vault.whole(), "the vault").help("assign Key Vault Secrets User on the vault to the identity that reads; a slot's own identity needs it too"));
        }
    }
}

/// Whether the identity that resolves references has a role that reads secrets, at the vault or above.
fn may_read(graph: &Graph<'_>, site: &Site<'_, '_>, vault: &Node<'_>) -> bool {
    const READERS: &[&str] = &["Key Vault Secrets User", "Key Vault Secrets Officer", "Key Vault Administrator"];
    let chosen = site.node.at("properties/keyVaultReferenceIdentity");
    let reader = match chosen.text_or_expression() {
        Some(id) if !id.eq_ignore_ascii_case("SystemAssigned") => id.to_ascii_lowercase(),
        _ => site.node.id().key().to_owned(),
    };
    // An identity from elsewhere may have been given its role there; one that the site does not have is another finding.
    let is_there = reader != site.node.id().key() || site.has_system_identity();
    if graph.get(&reader).is_none() || !is_there {
        return true;
    }
    graph.of("Microsoft.Authorization/roleAssignments").any(|assignment| {
        let is_here = assignment.id().extended().is_none_or(|scope| &scope == vault.id());
        let is_reader = role_of(assignment).is_none_or(|role| READERS.contains(&role));
        let principal = assignment.at("properties/principalId");
        let principal = principal.text_or_expression().unwrap_or_default().to_ascii_lowercase();
        let is_theirs = !principal.contains("/providers/") || graph.get(&reader).is_some_and(|node| crate::graph::mentions(&principal, node.id()));
        is_here && is_reader && is_theirs
    })
}
