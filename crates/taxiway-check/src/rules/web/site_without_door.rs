//! A site is closed, and nothing leads to it.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "site-without-door",
    "a site is closed, and nothing leads to it",
    include_str!("site_without_door.md"),
    look,
)
.confidence(Confidence::Medium);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    if graph.stage() == Stage::Local {
        return;
    }
    for site in sites(graph).filter(|site| !site.is_slot()) {
        let part = site.node.at("properties/publicNetworkAccess");
        if part.is("Disabled") && graph.has(ENDPOINTS) && endpoints_of(graph, site.node).is_empty() {
            report.push(Found::at(&part, format!("{} is closed and has no private endpoint: no visitor and no deployment reaches it", site.title())).help("make a private endpoint for the group `sites`; it serves the deployment's door (SCM) too"));
        }
    }
}
