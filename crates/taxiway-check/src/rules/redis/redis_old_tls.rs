//! A cache accepts old versions of TLS.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "redis-old-tls",
    "a cache accepts old versions of TLS",
    include_str!("redis_old_tls.md"),
    look,
)
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_148"), Mcsb("DP-3")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for kind in ["Microsoft.Cache/redis", "Microsoft.Cache/redisEnterprise"] {
        for cache in graph.of(kind) {
            let part = cache.at("properties/minimumTlsVersion");
            if part.is_any(&["1.0", "1.1"]) {
                report.push(Found::at(&part, format!("the cache `{}` accepts TLS {}", cache.name(), part.shown())).safe_fix(&part, "1.2"));
            }
        }
    }
}
