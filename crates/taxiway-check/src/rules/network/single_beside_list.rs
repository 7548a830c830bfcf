//! A rule of a security group says something alone and as a list.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "single-beside-list",
    "a rule of a security group has an address or port alone and as a list",
    include_str!("single_beside_list.md"),
    look,
)
.warning();

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    const PAIRS: [(&str, &str); 4] = [
        ("sourceAddressPrefix", "sourceAddressPrefixes"),
        ("destinationAddressPrefix", "destinationAddressPrefixes"),
        ("sourcePortRange", "sourcePortRanges"),
        ("destinationPortRange", "destinationPortRanges"),
    ];
    for (rule, name) in security_rules(graph) {
        for (single, list) in PAIRS {
            let (alone, listed) = (rule.at(single), rule.at(list));
            // What a portal exports has the other of the two as an empty text or list.
            if alone.text().is_some_and(|text| !text.is_empty()) && !listed.items().is_empty() {
                report.push(Found::at(&alone, format!("the rule `{name}` has `{single}` and `{list}`, which exclude each other")).label(&listed, "the list").help("put everything into the list"));
            }
        }
    }
}
