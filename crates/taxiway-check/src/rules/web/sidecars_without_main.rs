//! A site with sidecars does not have exactly one main container.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "sidecars-without-main",
    "a site with sidecars does not have exactly one main container",
    include_str!("sidecars_without_main.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph).filter(|site| !site.is_slot()) {
        let containers: Vec<_> = graph.children(site.node, "sitecontainers").collect();
        let mains = containers.iter().filter(|one| one.at("properties/isMain").is_true()).count();
        let is_known = containers.iter().all(|one| !one.at("properties/isMain").is_unknown());
        if !containers.is_empty() && is_known && mains != 1 {
            let message = format!("{} has {mains} main containers, and needs one", site.title());
            report.push(Found::on(site.node, message).help("set `isMain: true` on the container that serves requests, and on no other"));
        }
    }
}
