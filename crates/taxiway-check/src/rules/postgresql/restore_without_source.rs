//! A server is to be restored, and does not say from where or when.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "restore-without-source",
    "a server is to be restored from nothing",
    include_str!("restore_without_source.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        let mode = server.at("properties/createMode");
        if !mode.is_any(&["PointInTimeRestore", "GeoRestore", "ReviveDropped"]) {
            continue;
        }
        let missing: Vec<&str> = ["sourceServerResourceId", "pointInTimeUTC"].into_iter().filter(|name| server.at("properties").at(name).is_absent()).collect();
        if !missing.is_empty() {
            report.push(Found::at(&mode, format!("`{}` is restored without {}", server.name(), missing.join(" and "))).help("name the server it comes from, and the time"));
        }
    }
}
