//! A slot is open to the internet, and its site is not.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "slot-more-open",
    "a slot is open to the internet, and its site is not",
    include_str!("slot_more_open.md"),
    look,
)
.gate(Gate::Security)
.benchmarks(&[Mcsb("NS-2")])
.confidence(Confidence::Medium);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for slot in sites(graph).filter(Site::is_slot) {
        let Some(node) = graph.parent(slot.node) else { continue };
        let site = Site { graph, node };
        let part = slot.node.at("properties/publicNetworkAccess");
        let (wanted, given) = (node.at("properties/clientCertEnabled"), slot.node.at("properties/clientCertEnabled"));
        if wanted.is_true() && given.is_false_or_absent() {
            let message = format!("{} lets visitors in without the certificate that its site asks for", slot.title());
            report.push(Found::at(&given, message).label(&wanted, "the site asks for one").help("repeat `clientCertEnabled` and `clientCertMode` on the slot").safe_fix(&given, true));
        }
        let is_closed = node.at("properties/publicNetworkAccess").is("Disabled");
        let is_restricted = |site: &Site<'_, '_>| !site.config("ipSecurityRestrictions").is_absent() || site.config("ipSecurityRestrictionsDefaultAction").is("Deny");
        if is_closed && (part.is_absent() || part.is("Enabled")) {
            report.push(Found::at(&part, format!("{} is open to the internet, and its site is not", slot.title())).label(&node.at("properties/publicNetworkAccess"), "the site is closed").help("set `publicNetworkAccess: 'Disabled'`").safe_fix(&part, "Disabled"));
        } else if !part.is("Disabled") && is_restricted(&site) && !is_restricted(&slot) {
            report.push(Found::on(slot.node, format!("{} lacks the access restrictions of its site", slot.title())).help("repeat `ipSecurityRestrictions` on the slot"));
        }
    }
}
