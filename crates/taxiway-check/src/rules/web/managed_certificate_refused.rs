//! A managed certificate is asked for a name that gets none.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "managed-certificate-refused",
    "a managed certificate is asked for a name that gets none",
    include_str!("managed_certificate_refused.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for certificate in graph.of("Microsoft.Web/certificates") {
        let part = certificate.at("properties/canonicalName");
        // What is uploaded, or in a vault, App Service does not issue.
        let is_brought = ["pfxBlob", "keyVaultId", "keyVaultSecretName"].iter().any(|name| certificate.at("properties").at(name).is_present());
        let Some(name) = part.text().filter(|_| !is_brought) else { continue };
        let own = "bring a certificate of your own, or keep it in Key Vault";
        if name.starts_with("*.") {
            report.push(Found::at(&part, format!("App Service issues no certificate for `{name}`, which stands for many names")).help(own));
        } else if let Some(closed) = closed_site(graph, name) {
            let message = format!("nobody can check that `{name}` is yours: its site is closed to the internet, so App Service issues no certificate");
            report.push(Found::at(&part, message).label(&closed, "closed here").help(own));
        }
    }
}

/// Where the site that a name is bound to is closed.
fn closed_site<'e>(graph: &Graph<'e>, name: &str) -> Option<Part<'e>> {
    let bindings = graph.of("Microsoft.Web/sites/hostNameBindings");
    let bound = bindings.filter(|binding| binding.known_name().is_some_and(|known| known.eq_ignore_ascii_case(name)));
    let accesses = bound.filter_map(|binding| graph.parent(binding)).map(|site| site.at("properties/publicNetworkAccess"));
    accesses.into_iter().find(|access| access.is("Disabled"))
}
