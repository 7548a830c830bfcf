//! A deployment slot is on a plan whose tier has none.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "slot-without-tier",
    "a deployment slot is on a plan whose tier has none",
    include_str!("slot_without_tier.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for slot in sites(graph).filter(Site::is_slot) {
        let Some(plan) = slot.plan() else { continue };
        if let Some(tier) = tier_of(plan).filter(|tier| tier.slots == 0) {
            let message = format!("{} is on the tier {}, which has no slots", slot.title(), tier.name);
            report.push(Found::on(slot.node, message).label(&plan.at("sku/name"), "the tier").help("take Standard or higher, such as P0v3"));
        }
    }
}
