//! The log of network flows is kept for less than 90 days.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "flows-forgotten",
    "the log of network flows is kept for less than 90 days",
    include_str!("flows_forgotten.md"),
    look,
)
.warning()
.pedantic()
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_12"), Mcsb("LT-6"), Cis("6.5")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for log in graph.of("Microsoft.Network/networkWatchers/flowLogs") {
        let days = log.at("properties/retentionPolicy/days");
        // No number of days, and 0, mean for ever.
        if log.at("properties/retentionPolicy/enabled").is_true() && days.is_outside(90.0, f64::MAX) && days.number() != Some(0.0) {
            report.push(Found::at(&days, format!("flows are kept for {} days", days.shown())).help("keep them for 90 days: break-ins are found after weeks"));
        }
    }
}
