//! A site is to pull its image with an identity that it does not have.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "pull-without-identity",
    "a site is to pull its image with an identity that it does not have",
    include_str!("pull_without_identity.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        let part = site.config("acrUseManagedIdentityCreds");
        if !part.is_true() || !pulls_from_registry(&site) {
            continue;
        }
        let chosen = site.config("acrUserManagedIdentityID");
        let identity = site.node.at("identity");
        let kind = identity.at("type");
        let is_system = chosen.is_absent() || chosen.text().is_some_and(str::is_empty);
        let assign = "assign it under `identity`, a slot its own too, and give it AcrPull";
        if identity.is_absent() || kind.is("None") {
            report.push(Found::at(&part, format!("{} pulls its image with an identity, and has none", site.title())).help(assign));
        } else if is_system && !kind.is_unknown() && !site.has_system_identity() {
            let help = "set `acrUserManagedIdentityID` to the client id of its user-assigned identity";
            report.push(Found::at(&part, format!("{} pulls its image with its system-assigned identity, which it does not have", site.title())).help(help));
        } else if let Some(other) = not_assigned(graph, &site, &chosen) {
            let message = format!("{} pulls its image with the identity `{}`, which is not assigned to it", site.title(), other.name());
            report.push(Found::at(&chosen, message).label(&identity, "what is assigned").help(assign));
        }
    }
}

/// Whether its image is in an Azure registry; an image from elsewhere is pulled without the identity.
fn pulls_from_registry(site: &Site<'_, '_>) -> bool {
    let image = site.config("linuxFxVersion");
    let image = image.text_or_expression().unwrap_or_default().to_ascii_lowercase();
    image.contains("docker|") && (image.contains(".azurecr.io") || image.contains("loginserver"))
}

/// The identity of the template whose client id is chosen, where the site is known not to have it.
fn not_assigned<'g, 'e>(graph: &'g Graph<'e>, site: &Site<'_, '_>, chosen: &Part<'_>) -> Option<&'g Node<'e>> {
    let chosen = chosen.text_or_expression()?.to_ascii_lowercase();
    let assigned = site.identities()?;
    let mut identities = graph.of("Microsoft.ManagedIdentity/userAssignedIdentities");
    let meant = identities.find(|identity| crate::graph::mentions(&chosen, identity.id()))?;
    let is_there = assigned.iter().any(|id| id.eq_ignore_ascii_case(meant.id().key()));
    (!is_there).then_some(meant)
}
