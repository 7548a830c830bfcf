//! A zone redundant standby is in the zone of its primary.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "standby-in-same-zone",
    "a zone redundant standby is in the zone of its primary",
    include_str!("standby_in_same_zone.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        let part = server.at("properties/highAvailability/standbyAvailabilityZone");
        let zone = server.at("properties/availabilityZone");
        let is_zonal = server.at("properties/highAvailability/mode").is("ZoneRedundant");
        if is_zonal && part.text().is_some_and(|standby| !standby.is_empty() && zone.is(standby)) {
            let message = format!("standby and primary of `{}` are both in zone {}", server.name(), part.shown());
            report.push(Found::at(&part, message).label(&zone, "the primary's zone"));
        }
    }
}
