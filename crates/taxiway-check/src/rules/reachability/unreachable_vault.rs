//! A site cannot reach the vault that its settings refer to.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "unreachable-vault",
    "a site cannot reach the vault that its settings refer to",
    include_str!("unreachable_vault.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    // The local cloud is one machine.
    if graph.stage() == Stage::Local {
        return;
    }
    for vault in graph.of(VAULTS).filter(|vault| vault.at("properties/publicNetworkAccess").is("Disabled")) {
        report_barred(graph, vault, &[443], report);
    }
    for site in sites(graph).filter(|site| has_references(site)) {
        for vault in vaults_of(graph, &site) {
            let closed = vault.at("properties/publicNetworkAccess");
            let denied = vault.at("properties/networkAcls/defaultAction");
            let rules = ["virtualNetworkRules", "ipRules"].map(|name| vault.at("properties/networkAcls").at(name));
            let has_rules = !closed.is("Disabled") && rules.iter().any(|rules| rules.is_unknown() || !rules.items().is_empty());
            let is_closed = closed.is("Disabled") || denied.is("Deny");
            if is_closed && !has_rules && !reaches(graph, &site, vault) {
                let place = if closed.is("Disabled") { &closed } else { &denied };
                report.push(Found::on(site.node, format!("{} cannot reach the vault `{}`", site.title(), vault.name())).label(place, "closed here").help("integrate the site into a network with a private endpoint of the vault; App Service is no trusted service for references"));
            }
        }
    }
}
