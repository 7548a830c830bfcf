//! A site refers to secrets of a vault that its identity may not read.

use taxiway_arm::ResourceId;

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
            if vault.at("properties/enableRbacAuthorization").is_false_or_absent() {
                continue;
            }
            let Some(unread) = unread(graph, &site, vault) else { continue };
            let message = format!("{} may not read {unread} of the vault `{}`", site.title(), vault.name());
            report.push(Found::on(site.node, message).label(&vault.whole(), "the vault").help("assign Key Vault Secrets User on the vault, or on the secret, to the identity that reads; a slot's own identity needs it too"));
        }
    }
}

/// What the identity that resolves references has no role for, neither at the secret, nor at the vault or above.
fn unread(graph: &Graph<'_>, site: &Site<'_, '_>, vault: &Node<'_>) -> Option<String> {
    let scopes = match scopes(graph, site) {
        Scopes::Unknown => return None,
        Scopes::These(scopes) => scopes,
    };
    if scopes.iter().any(|scope| scope.as_ref().is_none_or(|scope| scope == vault.id())) {
        return None;
    }
    let granted: Vec<&str> = scopes
        .iter()
        .flatten()
        .filter(|scope| scope.parent().is_some_and(|parent| &parent == vault.id()))
        .map(ResourceId::name)
        .collect();
    if granted.is_empty() {
        return Some("the secrets".to_owned());
    }
    let settings = site.settings()?;
    let names = settings.iter().flat_map(|(_, setting)| references(graph, setting));
    let mut names = names.filter(|(of, _)| of.id() == vault.id()).map(|(_, name)| name);
    let unread = names.find(|name| !granted.iter().any(|it| it.eq_ignore_ascii_case(name)))?;
    Some(format!("the secret `{unread}`"))
}

/// Where an identity has a role that reads secrets.
enum Scopes {
    /// It may have been given one elsewhere; or the site does not have it, which is another finding.
    Unknown,
    /// At these resources; `None` is the resource group or above.
    These(Vec<Option<ResourceId>>),
}

fn scopes(graph: &Graph<'_>, site: &Site<'_, '_>) -> Scopes {
    const READERS: &[&str] = &["Key Vault Secrets User", "Key Vault Secrets Officer", "Key Vault Administrator"];
    let chosen = site.node.at("properties/keyVaultReferenceIdentity");
    let reader = match chosen.text_or_expression() {
        Some(id) if !id.eq_ignore_ascii_case("SystemAssigned") => id.to_ascii_lowercase(),
        _ => site.node.id().key().to_owned(),
    };
    let is_there = reader != site.node.id().key() || site.has_system_identity();
    if graph.get(&reader).is_none() || !is_there {
        return Scopes::Unknown;
    }
    let assignments = graph.of("Microsoft.Authorization/roleAssignments").filter(|assignment| {
        let is_reader = role_of(assignment).is_none_or(|role| READERS.contains(&role));
        let principal = assignment.at("properties/principalId");
        let principal = principal.text_or_expression().unwrap_or_default().to_ascii_lowercase();
        let is_theirs = !principal.contains("/providers/") || graph.get(&reader).is_some_and(|node| crate::graph::mentions(&principal, node.id()));
        is_reader && is_theirs
    });
    Scopes::These(assignments.map(|it| it.id().extended()).collect())
}
