//! An app opens more connections than its database takes.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "too-few-connections",
    "an app opens more connections than its database takes",
    include_str!("too_few_connections.md"),
    look,
)
.warning()
.gate(Gate::Operations)
.confidence(Confidence::Medium);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        let Some(limit) = server.at("sku/name").text().and_then(taxiway_arm::catalogue::user_connections) else { continue };
        for site in sites(graph).filter(|site| !site.is_slot()) {
            let Some(workers) = site.setting("WEB_CONCURRENCY").and_then(|part| part.number()) else { continue };
            let Some(plan) = site.plan() else { continue };
            let instances = plan.at("sku/capacity").number().unwrap_or(1.0);
            let slots = graph.children(site.node, "slots").count();
            let threads = site.setting("GUNICORN_THREADS").and_then(|part| part.number()).unwrap_or(1.0);
            let running = workers * threads * instances * if slots > 0 { 2.0 } else { 1.0 };
            if running > f64::from(limit) {
                let message = format!("{} opens up to {running} connections; the database takes {limit}", site.title());
                report.push(Found::at(&server.at("sku/name"), message).label(&plan.at("sku/capacity"), "the instances").help("take a larger size, fewer workers, or PgBouncer"));
            }
        }
    }
}
