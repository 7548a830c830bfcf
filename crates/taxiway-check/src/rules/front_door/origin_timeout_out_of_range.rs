//! Front Door waits for at least 16 and at most 240 seconds.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "origin-timeout-out-of-range",
    "Front Door waits for at least 16 and at most 240 seconds",
    include_str!("origin_timeout_out_of_range.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for profile in graph.of("Microsoft.Cdn/profiles") {
        let part = profile.at("properties/originResponseTimeoutSeconds");
        if part.is_outside(16.0, 240.0) {
            report.push(Found::at(&part, format!("Front Door cannot wait for {} seconds", part.shown())).help("choose 16 to 240"));
        }
    }
}
