//! A site is integrated into a network, and its slot is not.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "slot-outside-network",
    "a slot is not in the network that its site is in",
    include_str!("slot_outside_network.md"),
    look,
)
.confidence(Confidence::Medium);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    // What is private in the template and cannot be reached is told one by one.
    let is_private = graph.of(POSTGRESQL).any(|server| server.at("properties/network/delegatedSubnetResourceId").is_present());
    if is_private || graph.has(ENDPOINTS) {
        return;
    }
    for slot in sites(graph).filter(Site::is_slot) {
        let Some(node) = graph.parent(slot.node) else { continue };
        let site = Site { graph, node };
        if let Some(part) = site.subnet().filter(|part| part.text().is_some()) && slot.subnet().is_none() {
            let message = format!("{} is not integrated into a network, and its site is", slot.title());
            report.push(Found::on(slot.node, message).label(&part, "the site's network").help("repeat `virtualNetworkSubnetId` on the slot"));
        }
    }
}
