//! A Burstable server is to be highly available, which it cannot.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "burstable-high-availability",
    "a Burstable server is to be highly available, which it cannot",
    include_str!("burstable_high_availability.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        let part = server.at("properties/highAvailability/mode");
        let is_on = part.is_any(&["ZoneRedundant", "SameZone"]);
        if is_on && tier(server) == Some("Burstable") {
            let message = format!("the server `{}` is Burstable, which has no high availability", server.name());
            report.push(Found::at(&part, message).help("take a General Purpose size, or `mode: 'Disabled'`").unsafe_fix(&part, "Disabled"));
        }
    }
}
