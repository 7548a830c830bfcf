//! A private DNS zone is put into a region.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "regional-zone",
    "a private DNS zone is put into a region",
    include_str!("regional_zone.md"),
    look,
)
.warning();

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for kind in [ZONES, "Microsoft.Network/privateDnsZones/virtualNetworkLinks"] {
        for node in graph.of(kind) {
            let part = node.at("location");
            if part.text().is_some_and(|location| !location.eq_ignore_ascii_case("global")) {
                report.push(Found::at(&part, format!("`{}` is global, and not in {}", node.name(), part.shown())).safe_fix(&part, "global"));
            }
        }
    }
}
