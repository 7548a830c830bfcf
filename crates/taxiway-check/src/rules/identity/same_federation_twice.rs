//! Two federated credentials of one identity have the same issuer and subject.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "same-federation-twice",
    "two federated credentials of one identity are for the same sign-in",
    include_str!("same_federation_twice.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    let mut known = std::collections::BTreeMap::new();
    let all = graph.of("Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials");
    for credential in all.filter(|node| graph.is_last(node)) {
        let subject = credential.at("properties/subject");
        let (Some(issuer), Some(text), Some(identity)) = (credential.at("properties/issuer").text(), subject.text(), credential.id().parent()) else { continue };
        if let Some(other) = known.insert((identity.key().to_owned(), issuer, text), credential) {
            let message = format!("`{}` and `{}` are for the same issuer and subject", other.name(), credential.name());
            report.push(Found::at(&subject, message).label(&other.whole(), "the other").help("remove one: a sign-in has one credential"));
        }
    }
}
