//! A server has a size that its region does not offer.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "size-not-in-region",
    "a server has a size that its region does not offer",
    include_str!("size_not_in_region.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        let part = server.at("sku/name");
        let is_amd = part.text().is_some_and(taxiway_arm::catalogue::is_amd);
        let region = server.at("location").text().and_then(taxiway_arm::catalogue::postgresql_region);
        if let Some(region) = region.filter(|region| is_amd && !region.has_amd) {
            let message = format!("{} has no AMD sizes such as `{}`", region.name, part.shown());
            report.push(Found::at(&part, message).label(&server.at("location"), "the region").help("take the Intel size of the same number, such as Standard_D2ds_v5"));
        }
    }
}
