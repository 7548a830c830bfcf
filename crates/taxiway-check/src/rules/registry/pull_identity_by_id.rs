//! A site names the identity that pulls its image by the wrong id.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "pull-identity-by-id",
    "a site names the identity that pulls its image by the wrong id",
    include_str!("pull_identity_by_id.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        let part = site.config("acrUserManagedIdentityID");
        let text = part.text_or_expression().unwrap_or_default();
        if text.starts_with("/subscriptions/") {
            report.push(Found::at(&part, format!("{} names the identity that pulls by its resource id; its client id is wanted", site.title())).help("use `identity.properties.clientId`"));
        }
    }
}
