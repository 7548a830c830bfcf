//! A federated credential does not have exactly one audience.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "federation-audiences",
    "a federated credential does not have exactly one audience",
    include_str!("federation_audiences.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for credential in graph.of("Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials") {
        let part = credential.at("properties/audiences");
        let is_known = part.is_absent() || part.value().is_some();
        if is_known && part.items().len() != 1 {
            report.push(Found::at(&part, format!("the credential `{}` has {} audiences, and needs one", credential.name(), part.items().len())).help("write `audiences: ['api://AzureADTokenExchange']`"));
        }
    }
}
