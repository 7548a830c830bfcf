//! A server with Premium SSD v2 asks for what that cannot be combined with.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "ssd-v2-refused",
    "a server with Premium SSD v2 asks for what that cannot be combined with",
    include_str!("ssd_v2_refused.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        let storage = server.at("properties/storage");
        if !storage.at("type").is("PremiumV2_LRS") {
            continue;
        }
        let version = server.at("properties/version");
        if version.number().is_some_and(|version| version < 14.0) {
            report.push(Found::at(&version, "Premium SSD v2 needs PostgreSQL 14 or newer"));
        }
        if tier(server) == Some("Burstable") {
            report.push(Found::at(&storage.at("type"), "a Burstable server has no Premium SSD v2"));
        }
        if storage.at("autoGrow").is("Enabled") {
            report.push(Found::at(&storage.at("autoGrow"), "Premium SSD v2 does not grow by itself").safe_fix(&storage.at("autoGrow"), "Disabled"));
        }
        if storage.at("tier").text().is_some_and(|tier| !tier.is_empty()) {
            report.push(Found::at(&storage.at("tier"), "Premium SSD v2 has no performance tiers").help("choose its speed by `iops` and `throughput`"));
        }
        let missing: Vec<&str> = ["iops", "throughput"].into_iter().filter(|name| storage.at(name).is_absent()).collect();
        if !missing.is_empty() {
            report.push(Found::at(&storage.at("type"), format!("Premium SSD v2 needs {}", missing.join(" and "))));
        }
    }
}
