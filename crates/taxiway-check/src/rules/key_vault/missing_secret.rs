//! A setting refers to a secret that the template does not make.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "missing-secret",
    "a setting refers to a secret that the template does not make",
    include_str!("missing_secret.md"),
    look,
)
.warning()
.confidence(Confidence::Medium);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        for (name, part) in site.settings().unwrap_or_default() {
            for (vault, secret) in references(graph, &part) {
                let is_there = graph.children(vault, "secrets").any(|child| {
                    child.known_name().is_none_or(|known| known.eq_ignore_ascii_case(&secret))
                });
                let makes_any = graph.children(vault, "secrets").next().is_some();
                if makes_any && !is_there {
                    let message = format!("`{name}` refers to the secret `{secret}`, which is not made in the vault `{}`", vault.name());
                    report.push(Found::at(&part, message).label(&vault.whole(), "the vault").help("make the secret before the site, or mend the name"));
                }
            }
        }
    }
}
