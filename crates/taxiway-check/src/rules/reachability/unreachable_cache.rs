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
            if closed.is("Disabled") {
                report_barred(graph, cache, &[port_of(graph, cache)], report);
            }
            for site in sites(graph) {
                if closed.is("Disabled") && !reaches(graph, &site, cache) {
                    report.push(Found::on(site.node, format!("{} cannot reach the cache `{}`", site.title(), cache.name())).label(&closed, "closed to the public").help("integrate the site into a network with a private endpoint of the cache"));
                }
            }
        }
    }
}

/// Where it takes connections with TLS. Source: type definition; Azure Cache for Redis, "Ports".
fn port_of(graph: &Graph<'_>, cache: &Node<'_>) -> u16 {
    let said = graph.children(cache, "databases").find_map(|database| database.at("properties/port").value()?.as_u64());
    let usual = if cache.is("Microsoft.Cache/redis") { 6380 } else { 10_000 };
    said.and_then(|port| u16::try_from(port).ok()).unwrap_or(usual)
}
