//! Always On is set on a plan whose tier does not have it.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "always-on-without-tier",
    "Always On is set on a plan whose tier does not have it",
    include_str!("always_on_without_tier.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        let part = site.config("alwaysOn");
        let tier = site.plan().and_then(tier_of);
        if let Some(tier) = tier.filter(|tier| part.is_true() && !tier.has_always_on) {
            let message = format!("{} is set to Always On; the tier {} does not have it", site.title(), tier.name);
            report.push(Found::at(&part, message).help("take Basic or higher, or set `alwaysOn: false`").unsafe_fix(&part, false));
        }
    }
}
