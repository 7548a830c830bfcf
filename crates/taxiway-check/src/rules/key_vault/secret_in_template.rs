//! The value of a secret stands in the template.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "secret-in-template",
    "the value of a secret stands in the template",
    include_str!("secret_in_template.md"),
    look,
)
.gate(Gate::Security)
.benchmarks(&[Mcsb("IM-8")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for secret in graph.of("Microsoft.KeyVault/vaults/secrets") {
        let part = secret.at("properties/value");
        if part.text().is_some_and(|text| !text.is_empty()) {
            report.push(Found::at(&part, format!("the value of the secret `{}` stands in the open", secret.name())).help("take it from a parameter with `@secure()`"));
        }
    }
}
