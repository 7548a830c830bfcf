//! A web app is unloaded when nobody uses it.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "sleeps-when-idle",
    "a web app is unloaded when nobody uses it",
    include_str!("sleeps_when_idle.md"),
    look,
)
.warning()
.gate(Gate::Operations)
.benchmarks(&[Checkov("CKV_AZURE_214")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph).filter(|site| !site.is_slot()) {
        let part = site.config("alwaysOn");
        let can = site.plan().and_then(tier_of).is_some_and(|tier| tier.has_always_on);
        if can && part.is_false_or_absent() {
            let message = format!("{} is unloaded after 20 minutes without requests", site.title());
            report.push(Found::at(&part, message).help("set `alwaysOn: true`").safe_fix(&part, true));
        }
    }
}
