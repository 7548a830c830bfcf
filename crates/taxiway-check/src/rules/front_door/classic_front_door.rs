//! A classic Front Door is used, which retires.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "classic-front-door",
    "a classic Front Door is used, which retires",
    include_str!("classic_front_door.md"),
    look,
)
.warning()
.gate(Gate::Cost)
.confidence(Confidence::Medium);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for door in graph.of("Microsoft.Network/frontDoors") {
        report.push(Found::on(door, "classic Front Door retires in March 2027, and new ones cannot be made").help("use Microsoft.Cdn/profiles with `Standard_AzureFrontDoor` or `Premium_AzureFrontDoor`"));
    }
}
