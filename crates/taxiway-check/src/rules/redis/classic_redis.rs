//! A classic Redis cache is used, which retires.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "classic-redis",
    "a classic Redis cache is used, which retires",
    include_str!("classic_redis.md"),
    look,
)
.warning()
.gate(Gate::Cost);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for cache in graph.of("Microsoft.Cache/redis") {
        report.push(Found::on(cache, "Azure Cache for Redis retires in September 2028, and new customers cannot create it").help("use Azure Managed Redis: Microsoft.Cache/redisEnterprise with a Balanced size"));
    }
}
