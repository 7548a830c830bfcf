//! A Burstable server is to pool connections, which it cannot.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "pooler-on-burstable",
    "a Burstable server is to pool connections, which it cannot",
    include_str!("pooler_on_burstable.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for setting in graph.of("Microsoft.DBforPostgreSQL/flexibleServers/configurations") {
        let part = setting.at("properties/value");
        let is_pooler = setting.id().name().eq_ignore_ascii_case("pgbouncer.enabled");
        let is_burstable = graph.parent(setting).is_some_and(|server| tier(server) == Some("Burstable"));
        if is_pooler && is_burstable && part.is("true") {
            report.push(Found::at(&part, "a Burstable server has no PgBouncer").help("take a General Purpose size"));
        }
    }
}
