//! A reference to a secret is not one that App Service understands.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "malformed-reference",
    "a reference to a secret is not one that App Service understands",
    include_str!("malformed_reference.md"),
    look,
);

/// In place of a value that nothing tells.
const UNKNOWN: &str = "\u{e000}";

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        for (name, part) in site.settings().unwrap_or_default() {
            let Some(text) = text_of(&part) else { continue };
            let Some(inner) = text.strip_prefix("@Microsoft.KeyVault(") else { continue };
            if let Some(problem) = problem(inner) {
                report.push(Found::at(&part, format!("the reference in `{name}` {problem}")).help("write `@Microsoft.KeyVault(SecretUri=https://<vault>.vault.azure.net/secrets/<name>)`"));
            }
        }
    }
}

/// The text; of a vault that is made in the same deployment only the form of its URIs is known.
fn text_of(part: &Part<'_>) -> Option<String> {
    let text = part.text_or_expression()?;
    let stand_in = |property: Option<&str>| {
        let known = match property {
            Some("vaultUri") => "https://vault/",
            Some("secretUri" | "secretUriWithVersion") => "https://vault/secrets/name",
            _ => UNKNOWN,
        };
        Some(known.to_owned())
    };
    taxiway_arm::composed_text(text, &stand_in).or_else(|| part.text().map(str::to_owned))
}

/// What is wrong with the text behind `@Microsoft.KeyVault(`.
fn problem(inner: &str) -> Option<&'static str> {
    let Some(inner) = inner.strip_suffix(')') else {
        return Some("has no closing parenthesis");
    };
    let field = |wanted: &str| {
        inner.split(';').find_map(|part| {
            let (name, value) = part.split_once('=')?;
            name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim())
        })
    };
    if let Some(uri) = field("SecretUri") {
        if uri.starts_with(UNKNOWN) {
            return None;
        }
        let is_whole = uri.starts_with("https://") && uri.split_once("/secrets/").is_some_and(|(_, name)| !name.trim_matches('/').is_empty());
        return (!is_whole).then_some("names no secret by its URI");
    }
    (field("VaultName").is_none_or(str::is_empty) || field("SecretName").is_none_or(str::is_empty)).then_some("names neither a URI nor a vault and a secret")
}
