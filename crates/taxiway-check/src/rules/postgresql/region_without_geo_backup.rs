//! A server is to keep backups in another region, and its region has no pair.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "region-without-geo-backup",
    "a server is to keep backups in another region, and its region has no pair",
    include_str!("region_without_geo_backup.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        let part = server.at("properties/backup/geoRedundantBackup");
        let region = server.at("location").text().and_then(taxiway_arm::catalogue::postgresql_region);
        if let Some(region) = region.filter(|region| part.is("Enabled") && !region.has_geo_backup) {
            let message = format!("{} has no paired region for backups", region.name);
            report.push(Found::at(&part, message).label(&server.at("location"), "the region").help("choose a paired region, or `geoRedundantBackup: 'Disabled'`").unsafe_fix(&part, "Disabled"));
        }
    }
}
