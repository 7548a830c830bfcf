//! A cache takes neither keys nor tokens.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "keys-off-without-entra",
    "a cache takes neither keys nor tokens",
    include_str!("keys_off_without_entra.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for cache in graph.of("Microsoft.Cache/redis") {
        let part = cache.at("properties/disableAccessKeyAuthentication");
        let tokens = cache.at("properties/redisConfiguration/aad-enabled");
        if part.is_true() && tokens.is_false_or_absent() {
            report.push(Found::at(&part, format!("nobody can sign in to `{}`", cache.name())).help("set `redisConfiguration: { 'aad-enabled': 'true' }`; the value is a text"));
        }
    }
}
