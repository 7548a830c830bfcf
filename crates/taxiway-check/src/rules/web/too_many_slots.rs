//! A site has more slots than its tier allows.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "too-many-slots",
    "a site has more slots than its tier allows",
    include_str!("too_many_slots.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph).filter(|site| !site.is_slot()) {
        let slots: Vec<_> = graph.children(site.node, "slots").collect();
        let Some(tier) = site.plan().and_then(tier_of) else { continue };
        if tier.slots > 0 && slots.len() > tier.slots as usize {
            let message = format!("{} has {} slots; the tier {} allows {}", site.title(), slots.len(), tier.name, tier.slots);
            report.push(Found::on(site.node, message));
        }
    }
}
