//! A Premium SSD is given a number of operations or a throughput.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "speed-of-premium-disk",
    "a disk is to have a speed that only another kind of disk takes",
    include_str!("speed_of_premium_disk.md"),
    look,
)
.warning();

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        let storage = server.at("properties/storage");
        let kind = storage.at("type");
        if !kind.is_absent() && !kind.is("Premium_LRS") {
            continue;
        }
        for name in ["iops", "throughput"] {
            let part = storage.at(name);
            if part.number().is_some_and(|number| number > 0.0) {
                let message = format!("`{name}` is for Premium SSD v2, and `{}` has a Premium SSD", server.name());
                report.push(Found::at(&part, message).help("choose its speed by `tier`, or leave it out: it follows from the size"));
            }
        }
    }
}
