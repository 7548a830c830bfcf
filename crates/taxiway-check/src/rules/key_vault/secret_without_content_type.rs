//! A secret does not say what it is.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "secret-without-content-type",
    "a secret does not say what it is",
    include_str!("secret_without_content_type.md"),
    look,
)
.info()
.pedantic()
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_114")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for secret in graph.of("Microsoft.KeyVault/vaults/secrets") {
        let part = secret.at("properties/contentType");
        if part.is_absent() {
            report.push(Found::at(&part, format!("the secret `{}` does not say what it is", secret.name())).help("set `contentType`, such as `text/plain`").safe_fix(&part, "text/plain"));
        }
    }
}
