//! A key neither ends nor changes.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "key-without-end",
    "a key neither ends nor changes",
    include_str!("key_without_end.md"),
    look,
)
.warning()
.pedantic()
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_40"), Mcsb("DP-6"), Cis("8.1")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for key in graph.of("Microsoft.KeyVault/vaults/keys") {
        let properties = key.at("properties");
        if properties.at("attributes/exp").is_absent() && properties.at("rotationPolicy").is_absent() {
            report.push(Found::on(key, format!("the key `{}` is valid for ever", key.name())).help("set `rotationPolicy`, or `attributes.exp`"));
        }
    }
}
