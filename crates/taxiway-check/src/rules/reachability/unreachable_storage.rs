//! A site cannot reach the storage that its settings name.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "unreachable-storage",
    "a site cannot reach the storage that its settings name",
    include_str!("unreachable_storage.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    // The local cloud is one machine.
    if graph.stage() == Stage::Local {
        return;
    }
    for account in graph.of(STORAGE) {
        let closed = account.at("properties/publicNetworkAccess");
        let denied = account.at("properties/networkAcls/defaultAction");
        let Some(name) = account.known_name().filter(|_| closed.is("Disabled") || denied.is("Deny")) else { continue };
        if closed.is("Disabled") {
            report_barred(graph, account, &[443], report);
        }
        for site in sites(graph).filter(|site| site.settings_text().contains(name)) {
            let is_let_in = !closed.is("Disabled") && is_named(account, &site);
            if !is_let_in && !reaches(graph, &site, account) {
                let place = if closed.is("Disabled") { &closed } else { &denied };
                report.push(Found::on(site.node, format!("{} cannot reach the storage `{name}`", site.title())).label(place, "closed here").help("let the subnet of the site in by `virtualNetworkRules`, or make a private endpoint for `blob` in its network"));
            }
        }
    }
}

/// Whether the firewall of the account names the site's subnet. What is not known counts as named; so do addresses, which may be the site's.
fn is_named(account: &Node<'_>, site: &Site<'_, '_>) -> bool {
    let rules = account.at("properties/networkAcls/virtualNetworkRules");
    let addresses = account.at("properties/networkAcls/ipRules");
    let subnet = site.subnet();
    let is_subnet = |rule: &Part<'_>| {
        let id = rule.at("id");
        let same = subnet.as_ref().and_then(|subnet| subnet.text()).is_some_and(|subnet| id.is(subnet));
        id.is_unknown() || same || subnet.as_ref().is_some_and(Part::is_unknown)
    };
    rules.is_unknown() || rules.items().iter().any(is_subnet) || addresses.is_unknown() || !addresses.items().is_empty()
}
