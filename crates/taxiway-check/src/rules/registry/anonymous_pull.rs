//! A registry gives its images to everybody.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "anonymous-pull",
    "a registry gives its images to everybody",
    include_str!("anonymous_pull.md"),
    look,
)
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_138"), Mcsb("IM-1")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for registry in graph.of(REGISTRIES) {
        let part = registry.at("properties/anonymousPullEnabled");
        if part.is_true() {
            report.push(Found::at(&part, format!("the registry `{}` gives its images to everybody", registry.name())).help("set `anonymousPullEnabled: false`").safe_fix(&part, false));
        }
    }
}
