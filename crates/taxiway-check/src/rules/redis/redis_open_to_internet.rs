//! A cache has a public address.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "redis-open-to-internet",
    "a cache has a public address",
    include_str!("redis_open_to_internet.md"),
    look,
)
.warning()
.pedantic()
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_89"), Mcsb("NS-2")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for kind in ["Microsoft.Cache/redis", "Microsoft.Cache/redisEnterprise"] {
        for cache in graph.of(kind) {
            let part = cache.at("properties/publicNetworkAccess");
            // A cache with an endpoint too is `door-open-beside-endpoint`.
            let is_inside = cache.at("properties/subnetId").is_present() || !endpoints_of(graph, cache).is_empty();
            if !is_inside && (part.is("Enabled") || part.is_absent()) {
                report.push(Found::at(&part, format!("the cache `{}` has a public address", cache.name())).help("set `publicNetworkAccess: 'Disabled'`, and make a private endpoint").unsafe_fix(&part, "Disabled"));
            }
        }
    }
}
