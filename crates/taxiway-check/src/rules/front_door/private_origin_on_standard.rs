//! Only Premium reaches an origin over a private link.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "private-origin-on-standard",
    "only Premium reaches an origin over a private link",
    include_str!("private_origin_on_standard.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for origin in graph.of(ORIGINS) {
        let part = origin.at("properties/sharedPrivateLinkResource");
        let profile = graph.parent(origin).and_then(|group| graph.parent(group));
        if let Some(tier) = profile.map(|profile| profile.at("sku/name"))
            && part.is_present()
            && tier.is("Standard_AzureFrontDoor")
        {
            report.push(Found::at(&part, format!("the origin `{}` is behind a private link, which the tier Standard does not have", origin.name())).label(&tier, "the tier").help("choose `Premium_AzureFrontDoor`; a profile never goes back to Standard"));
        }
    }
}
