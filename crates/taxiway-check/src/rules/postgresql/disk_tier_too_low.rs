//! A server's disk has a performance tier below that of its size.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "disk-tier-too-low",
    "a server's disk has a performance tier below that of its size",
    include_str!("disk_tier_too_low.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        let part = server.at("properties/storage/tier");
        let own = part.text().and_then(|tier| tier.trim_start_matches(['P', 'p']).parse::<u32>().ok());
        let size = server.at("properties/storage/storageSizeGB").value().and_then(serde_json::Value::as_u64);
        let least = size.and_then(taxiway_arm::catalogue::premium_ssd).map(|ssd| ssd.tier);
        if let (Some(own), Some(least)) = (own, least) && own < least {
            report.push(Found::at(&part, format!("a disk of this size has at least P{least}")).label(&server.at("properties/storage/storageSizeGB"), "the size").safe_fix(&part, format!("P{least}")));
        }
    }
}
