//! A registry keeps images that nothing names.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "untagged-images-kept",
    "a registry keeps images that nothing names",
    include_str!("untagged_images_kept.md"),
    look,
)
.warning()
.pedantic()
.gate(Gate::Cost)
.benchmarks(&[Checkov("CKV_AZURE_167")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for registry in graph.of(REGISTRIES) {
        let part = registry.at("properties/policies/retentionPolicy/status");
        if registry.at("sku/name").is("Premium") && (part.is("disabled") || part.is_absent()) {
            report.push(Found::at(&part, format!("the registry `{}` keeps each image that a newer one took the tag of", registry.name())).help("set `policies.retentionPolicy: { status: 'enabled', days: 30 }`"));
        }
    }
}
