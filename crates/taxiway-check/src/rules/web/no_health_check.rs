//! A web app has no health check.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "no-health-check",
    "a web app has no health check",
    include_str!("no_health_check.md"),
    look,
)
.warning()
.gate(Gate::Operations)
.benchmarks(&[Checkov("CKV_AZURE_213")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        let part = site.config("healthCheckPath");
        let is_empty = part.text().is_some_and(str::is_empty);
        let has_one_instance = site.plan().and_then(tier_of).is_some_and(|tier| tier.instances == 1);
        if (part.is_absent() || is_empty) && !has_one_instance {
            let message = format!("{} has no health check", site.title());
            report.push(Found::at(&part, message).help("set `healthCheckPath` to a path that answers 200 only when the app can serve"));
        }
    }
}
