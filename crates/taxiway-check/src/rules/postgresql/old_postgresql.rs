//! A server runs a PostgreSQL that the community no longer supports.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "old-postgresql",
    "a server runs a PostgreSQL that the community no longer supports",
    include_str!("old_postgresql.md"),
    look,
)
.warning()
.gate(Gate::Cost)
.benchmarks(&[Mcsb("PV-6")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        let part = server.at("properties/version");
        if part.number().is_some_and(|version| version < 15.0) {
            report.push(Found::at(&part, format!("PostgreSQL {} is no longer supported by its community", part.shown())).help("take 16 or newer; old versions cost extended support"));
        }
    }
}
