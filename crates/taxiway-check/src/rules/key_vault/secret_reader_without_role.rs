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
        let Some(reader) = reader(graph, &site) else { continue };
        for vault in vaults_of(graph, &site) {
            let by_roles = vault.at("properties/enableRbacAuthorization");
            // Since the API of 2026 a vault that does not say goes by roles.
            let by_policies = by_roles.is_false() || by_roles.is_absent() && *vault.resource.api_version < *"2026";
            let (unread, help) = if by_policies {
                let unread = (!has_policy(graph, reader, vault)).then(|| "the secrets".to_owned());
                (unread, "give the identity that reads an access policy with `get` on secrets; a slot's own identity needs one too")
            } else {
                let unread = unread(graph, &site, reader, vault);
                (unread, "assign Key Vault Secrets User on the vault, or on the secret, to the identity that reads; a slot's own identity needs it too")
            };
            if let Some(unread) = unread {
                let message = format!("{} may not read {unread} of the vault `{}`", site.title(), vault.name());
                report.push(Found::on(site.node, message).label(&vault.whole(), "the vault").help(help));
            }
        }
    }
}

/// The identity that resolves references, or the site for its own.
///
/// One from elsewhere may have been let in there, and one that the site does not have is another finding.
fn reader<'g, 'e>(graph: &'g Graph<'e>, site: &Site<'_, '_>) -> Option<&'g Node<'e>> {
    let chosen = site.node.at("properties/keyVaultReferenceIdentity");
    let reader = match chosen.text_or_expression() {
        Some(id) if !id.eq_ignore_ascii_case("SystemAssigned") => id.to_ascii_lowercase(),
        _ => site.node.id().key().to_owned(),
    };
    let is_there = reader != site.node.id().key() || site.has_system_identity();
    graph.get(&reader).filter(|_| is_there)
}

/// What the identity has no role for, neither at the secret, nor at the vault or above.
fn unread(graph: &Graph<'_>, site: &Site<'_, '_>, reader: &Node<'_>, vault: &Node<'_>) -> Option<String> {
    let scopes = scopes(graph, reader);
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

/// Where the identity has a role that reads secrets; `None` is the resource group or above.
fn scopes(graph: &Graph<'_>, reader: &Node<'_>) -> Vec<Option<ResourceId>> {
    const READERS: &[&str] = &["Key Vault Secrets User", "Key Vault Secrets Officer", "Key Vault Administrator"];
    let assignments = graph.of(ROLES).filter(|assignment| {
        let is_reader = role_of(assignment).is_none_or(|role| READERS.contains(&role));
        is_reader && may_be(&assignment.at("properties/principalId"), reader)
    });
    assignments.map(|it| it.id().extended()).collect()
}

/// Whether an access policy of the vault lets the identity get secrets.
fn has_policy(graph: &Graph<'_>, reader: &Node<'_>, vault: &Node<'_>) -> bool {
    let own = vault.at("properties/accessPolicies");
    let added = graph.children(vault, "accessPolicies").map(|child| child.at("properties/accessPolicies"));
    std::iter::once(own).chain(added).any(|list| {
        let lets = |policy: &Part<'_>| {
            let secrets = policy.at("permissions/secrets");
            let gets = secrets.is_unknown() || secrets.items().iter().any(|one| one.is_unknown() || one.is_any(&["get", "all"]));
            gets && may_be(&policy.at("objectId"), reader)
        };
        list.is_unknown() || list.items().iter().any(lets)
    })
}

/// Whether a principal is that of an identity; one that is not known may be.
fn may_be(principal: &Part<'_>, reader: &Node<'_>) -> bool {
    let text = principal.text_or_expression().unwrap_or_default().to_ascii_lowercase();
    !text.contains("/providers/") || crate::graph::mentions(&text, reader.id())
}
