//! An app runs with debugging on in production.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "debug-in-production",
    "an app runs with debugging on in production",
    include_str!("debug_in_production.md"),
    look,
)
.gate(Gate::Security)
.benchmarks(&[Mcsb("PV-2")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph).filter(|_| graph.is_production()) {
        for (name, part) in site.settings().unwrap_or_default() {
            let is_debug = ["DEBUG", "DJANGO_DEBUG", "FLASK_DEBUG"].contains(&name.to_ascii_uppercase().as_str());
            if is_debug && part.is_any(&["1", "true", "on", "yes"]) {
                let message = format!("{} runs with `{name}` in production", site.title());
                report.push(Found::at(&part, message).help("set it to 0 or leave it out"));
            }
        }
    }
}
