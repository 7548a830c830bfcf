//! An image is to be pulled by an identity that has no role on its registry.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "image-puller-without-role",
    "an image is pulled from a registry by an identity that may not",
    include_str!("image_puller_without_role.md"),
    look,
)
.confidence(Confidence::Medium);

/// Roles that pull; the first two are those of a registry that judges by repository too.
const OF_REPOSITORIES: &[&str] = &["Container Registry Repository Reader", "Container Registry Repository Writer", "Container Registry Repository Contributor"];
const OF_REGISTRIES: &[&str] = &["AcrPull", "AcrPush", "Owner", "Contributor", "Reader"];

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph).filter(|site| site.config("acrUseManagedIdentityCreds").is_true()) {
        let image = site.config("linuxFxVersion");
        let chosen = site.config("acrUserManagedIdentityID");
        let own = chosen.is_absent() && site.has_system_identity();
        let puller = if own { Some(site.node) } else { chosen.text_or_expression().and_then(|id| identity_in(graph, id)) };
        if let Some(puller) = puller {
            judge(graph, report, &site.title(), &image, puller);
        }
    }
    for app in graph.of(CONTAINER_APPS) {
        for registry in app.at("properties/configuration/registries").items() {
            let puller = registry.at("identity").text_or_expression().and_then(|id| identity_in(graph, id));
            if let Some(puller) = puller {
                judge(graph, report, &format!("the app `{}`", app.name()), &registry.at("server"), puller);
            }
        }
    }
}

fn judge(graph: &Graph<'_>, report: &mut Report<'_>, title: &str, image: &Part<'_>, puller: &Node<'_>) {
    let text = image.text_or_expression().unwrap_or_default().to_ascii_lowercase();
    let is_named = |registry: &&Node<'_>| {
        let name = registry.id().name().to_ascii_lowercase();
        crate::graph::mentions(&text, registry.id()) || text.split(['|', '/', '\'']).any(|word| word == format!("{name}.azurecr.io"))
    };
    let Some(registry) = graph.of(REGISTRIES).find(is_named) else { return };
    if !may_pull(graph, registry, puller) {
        let message = format!("{title} pulls its image with `{}`, which may not pull from the registry `{}`", puller.name(), registry.name());
        report.push(Found::at(image, message).label(&registry.whole(), "the registry").help("assign AcrPull on the registry to that identity"));
    }
}

/// The identity of the template that a text names by its id.
fn identity_in<'g, 'e>(graph: &'g Graph<'e>, text: &str) -> Option<&'g Node<'e>> {
    let text = text.to_ascii_lowercase();
    let mut identities = graph.of("Microsoft.ManagedIdentity/userAssignedIdentities");
    identities.find(|identity| crate::graph::mentions(&text, identity.id()))
}

/// Whether a role on the registry, or above, lets the identity pull; what cannot be known counts as one.
fn may_pull(graph: &Graph<'_>, registry: &Node<'_>, puller: &Node<'_>) -> bool {
    let by_repository = registry.at("properties/roleAssignmentMode").is("AbacRepositoryPermissions");
    graph.of(ROLES).any(|assignment| {
        let is_here = assignment.id().extended().is_none_or(|scope| &scope == registry.id());
        let pulls = |role: &str| OF_REPOSITORIES.contains(&role) || !by_repository && OF_REGISTRIES.contains(&role);
        let principal = assignment.at("properties/principalId");
        let principal = principal.text_or_expression().unwrap_or_default().to_ascii_lowercase();
        let is_theirs = !principal.contains("/providers/") || crate::graph::mentions(&principal, puller.id());
        is_here && role_of(assignment).is_none_or(pulls) && is_theirs
    })
}
