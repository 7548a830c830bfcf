//! The size of a server is of another tier than its tier.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "tier-mismatch",
    "the size of a server is of another tier than its tier",
    include_str!("tier_mismatch.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        let part = server.at("sku/tier");
        let expected = server.at("sku/name").text().and_then(taxiway_arm::catalogue::postgresql_tier);
        if let Some(expected) = expected && part.text().is_some_and(|tier| !tier.eq_ignore_ascii_case(expected.name())) {
            let message = format!("`{}` is of the tier {}, not {}", server.at("sku/name").shown(), expected.name(), part.shown());
            report.push(Found::at(&part, message).label(&server.at("sku/name"), "the size").safe_fix(&part, expected.name()));
        }
    }
}
