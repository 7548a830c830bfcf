//! An app setting is given the key of another resource.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "keys-in-settings",
    "an app setting is given the key of another resource",
    include_str!("keys_in_settings.md"),
    look,
)
.warning()
.gate(Gate::Security)
.confidence(Confidence::Medium)
.benchmarks(&[Mcsb("IM-3")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        for (name, part) in site.settings().unwrap_or_default() {
            let text = part.text_or_expression().unwrap_or_default();
            if part.is_unknown() && ["listKeys(", "listCredentials(", "listAccountSas(", "listAdminKeys("].iter().any(|call| text.contains(call)) {
                let message = format!("the setting `{name}` is given the key of another resource");
                report.push(Found::at(&part, message).help("let the app use its managed identity, or keep the key in Key Vault and refer to it"));
            }
        }
    }
}
