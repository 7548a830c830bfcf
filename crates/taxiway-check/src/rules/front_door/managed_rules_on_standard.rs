//! Only Premium has managed rules.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "managed-rules-on-standard",
    "only Premium has managed rules",
    include_str!("managed_rules_on_standard.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for firewall in graph.of(FIREWALLS[0]) {
        let tier = firewall.at("sku/name");
        let part = firewall.at("properties/managedRules/managedRuleSets");
        if tier.is("Standard_AzureFrontDoor") && !part.items().is_empty() {
            let message = format!("the firewall `{}` has managed rules, which the tier Standard does not have", firewall.name());
            report.push(Found::at(&part, message).label(&tier, "the tier").help("choose `Premium_AzureFrontDoor` for the firewall and the profile, or keep to `customRules`"));
        }
    }
}
