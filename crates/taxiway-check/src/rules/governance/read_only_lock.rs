//! A lock makes everything read-only, deployments included.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "read-only-lock",
    "a lock makes everything read-only, deployments included",
    include_str!("read_only_lock.md"),
    look,
)
.warning()
.gate(Gate::Operations);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for lock in graph.of("Microsoft.Authorization/locks") {
        let part = lock.at("properties/level");
        if part.is("ReadOnly") {
            report.push(Found::at(&part, "the lock stops scaling, key listing and the next deployment too").help("use `CanNotDelete`").unsafe_fix(&part, "CanNotDelete"));
        }
    }
}
