//! The cache of production has a single node.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "single-node-cache",
    "the cache of production has a single node",
    include_str!("single_node_cache.md"),
    look,
)
.warning()
.gate(Gate::Operations)
.benchmarks(&[Checkov("CKV_AZURE_230")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    if !graph.is_production() {
        return;
    }
    let classic = graph.of("Microsoft.Cache/redis").map(|cache| (cache, cache.at("properties/sku/name"), "Basic"));
    let managed = graph.of("Microsoft.Cache/redisEnterprise").map(|cache| (cache, cache.at("properties/highAvailability"), "Disabled"));
    for (cache, part, single) in classic.chain(managed) {
        if part.is(single) {
            report.push(Found::at(&part, format!("the cache `{}` has a single node, which each update of the service empties", cache.name())).help("in production, pay for the second node"));
        }
    }
}
