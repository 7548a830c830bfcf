//! A server without high availability names a zone for its standby.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "standby-zone-without-standby",
    "a server names the zone of a standby that it does not have",
    include_str!("standby_zone_without_standby.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        let standby = server.at("properties/highAvailability");
        let (zone, mode) = (standby.at("standbyAvailabilityZone"), standby.at("mode"));
        let is_off = mode.is("Disabled") || mode.is_absent();
        if is_off && zone.text().is_some_and(|zone| !zone.is_empty()) {
            let message = format!("`{}` has no standby, and names zone {} for it", server.name(), zone.shown());
            report.push(Found::at(&zone, message).label(&mode, "the mode").help("set `mode: 'ZoneRedundant'`, or leave the zone out"));
        }
    }
}
