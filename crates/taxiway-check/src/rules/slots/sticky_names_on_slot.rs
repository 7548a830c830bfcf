//! The sticky names are declared on a slot.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "sticky-names-on-slot",
    "the sticky names are declared on a slot",
    include_str!("sticky_names_on_slot.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for node in graph.of("Microsoft.Web/sites/slots/config") {
        if node.id().name().eq_ignore_ascii_case("slotConfigNames") {
            report.push(Found::on(node, "sticky names are declared on a slot; they live on the site").help("declare `slotConfigNames` on the site: it holds for every slot"));
        }
    }
}
