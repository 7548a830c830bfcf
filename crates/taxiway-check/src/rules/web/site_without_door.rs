//! A site or a slot is closed, and nothing leads to it.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "site-without-door",
    "a site or slot is closed, and nothing leads to it",
    include_str!("site_without_door.md"),
    look,
)
.confidence(Confidence::Medium);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    if graph.stage() == Stage::Local {
        return;
    }
    for site in sites(graph) {
        let part = site.node.at("properties/publicNetworkAccess");
        if part.is("Disabled") && graph.has(ENDPOINTS) && !has_endpoint(graph, &site) {
            let group = if site.is_slot() { format!("sites-{}", site.node.name()) } else { "sites".to_owned() };
            report.push(Found::at(&part, format!("{} is closed and has no private endpoint: no visitor and no deployment reaches it", site.title())).help(format!("make a private endpoint for the group `{group}`; it serves the deployment's door (SCM) too")));
        }
    }
}

/// Whether an endpoint leads to it. A slot's is one of its site, for the group `sites-<slot>`; one that is not known counts.
fn has_endpoint(graph: &Graph<'_>, site: &Site<'_, '_>) -> bool {
    if !site.is_slot() {
        return !endpoints_of(graph, site.node).is_empty();
    }
    let Some(name) = site.node.known_name() else { return true };
    let Some(parent) = graph.parent(site.node) else { return true };
    let mut of_slot = endpoints_of(graph, parent).into_iter().chain(endpoints_of(graph, site.node));
    of_slot.any(|endpoint| {
        let groups = endpoint.connection.at("properties/groupIds");
        let is_theirs = |group: &Part<'_>| group.text().is_none_or(|group| group.eq_ignore_ascii_case(&format!("sites-{name}")));
        groups.is_unknown() || groups.items().iter().any(is_theirs) || endpoint.target.is_some_and(|target| target.index == site.node.index)
    })
}
