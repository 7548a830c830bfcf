//! A cache takes connections without TLS.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "unencrypted-redis",
    "a cache takes connections without TLS",
    include_str!("unencrypted_redis.md"),
    look,
)
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_91"), Mcsb("DP-3")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for cache in graph.of("Microsoft.Cache/redis") {
        let part = cache.at("properties/enableNonSslPort");
        if part.is_true() {
            report.push(Found::at(&part, format!("the cache `{}` takes connections without TLS", cache.name())).safe_fix(&part, false));
        }
    }
    for database in graph.of("Microsoft.Cache/redisEnterprise/databases") {
        let part = database.at("properties/clientProtocol");
        if part.is("Plaintext") {
            report.push(Found::at(&part, "the cache takes connections without TLS").safe_fix(&part, "Encrypted"));
        }
    }
}
