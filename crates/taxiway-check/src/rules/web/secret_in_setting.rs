//! An app setting holds a secret in the open.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "secret-in-setting",
    "an app setting holds a secret in the open",
    include_str!("secret_in_setting.md"),
    look,
)
.gate(Gate::Security)
.confidence(Confidence::Medium)
.benchmarks(&[Mcsb("IM-8")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        for (name, part) in site.settings().unwrap_or_default() {
            let is_literal = part.text().is_some_and(|text| {
                text.len() >= 8 && !text.starts_with("@Microsoft.KeyVault(") && !text.starts_with("http") && !text.contains("secretref:")
            });
            if is_literal && is_secret_name(&name) && !is_harmless(&part) {
                report.push(Found::at(&part, format!("the setting `{name}` holds a secret in the open")).help("keep it in Key Vault, and set a reference: `@Microsoft.KeyVault(SecretUri=…)`"));
            }
        }
    }
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let is_about_one = ["_NAME", "_ID", "_URI", "_URL", "_PATH", "_AGE", "_TTL", "_HOST", "_LENGTH", "_VAULT", "_EXPIRY", "_HEADER"].iter().any(|end| name.ends_with(end));
    !is_about_one && ["PASSWORD", "SECRET", "API_KEY", "APIKEY", "ACCESS_KEY", "PRIVATE_KEY", "_TOKEN"].iter().any(|word| name.contains(word))
}

/// Numbers, flags and names of secrets are none.
fn is_harmless(part: &Part<'_>) -> bool {
    let text = part.shown();
    text.parse::<f64>().is_ok() || text.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-')
}
