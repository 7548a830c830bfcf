//! A site cannot reach the cache of its template.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "unreachable-cache",
    "a site cannot reach the cache of its template",
    include_str!("unreachable_cache.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    // The local cloud is one machine.
    if graph.stage() == Stage::Local {
        return;
    }
    for kind in ["Microsoft.Cache/redis", "Microsoft.Cache/redisEnterprise"] {
        for cache in graph.of(kind) {
            let closed = cache.at("properties/publicNetworkAccess");
            for site in sites(graph) {
                if closed.is("Disabled") && !reaches(graph, &site, cache) {
                    report.push(Found::on(site.node, format!("{} cannot reach the cache `{}`", site.title(), cache.name())).label(&closed, "closed to the public").help("integrate the site into a network with a private endpoint of the cache"));
                }
            }
        }
    }
}
