//! A secret names a vault without an identity.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "half-secret",
    "a secret names a vault without an identity",
    include_str!("half_secret.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for app in graph.of(CONTAINER_APPS) {
        for secret in app.at("properties/configuration/secrets").items() {
            let (address, identity) = (secret.at("keyVaultUrl"), secret.at("identity"));
            if address.is_present() && identity.is_absent() {
                report.push(Found::at(&address, "a secret of a vault needs the identity that reads it").help("set `identity` to the id of a user-assigned identity, or to `system`"));
            }
        }
    }
}
