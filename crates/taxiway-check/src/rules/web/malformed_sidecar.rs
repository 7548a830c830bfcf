//! Containers of one site share a port, or log in with an identity that the site does not have.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "malformed-sidecar",
    "a container of a site has a port or a login that is not taken",
    include_str!("malformed_sidecar.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        let mut ports = std::collections::BTreeMap::new();
        for container in graph.children(site.node, "sitecontainers").filter(|node| graph.is_last(node)) {
            let port = container.at("properties/targetPort");
            if port.text().is_some() && !port.number().is_some_and(|port| port.fract() == 0.0 && (1.0..=65535.0).contains(&port)) {
                report.push(Found::at(&port, format!("a port is 1 to 65535, and not {}", port.shown())));
            } else if let Some(text) = port.text() && let Some(other) = ports.insert(text.trim(), container) {
                let message = format!("`{}` and `{}` both listen on port {text}", other.name(), container.name());
                report.push(Found::at(&port, message).label(&other.at("properties/targetPort"), "the other"));
            }
            look_at_login(&site, container, report);
        }
    }
}

fn look_at_login(site: &Site<'_, '_>, container: &Node<'_>, report: &mut Report<'_>) {
    let login = container.at("properties/authType");
    let kind = site.node.at("identity/type");
    if login.is("SystemIdentity") && !site.node.at("identity").is_unknown() && !kind.is_unknown() && !site.has_system_identity() {
        let message = format!("`{}` pulls its image with the system-assigned identity of {}, which it does not have", container.name(), site.title());
        report.push(Found::at(&login, message).help("set `identity: { type: 'SystemAssigned' }`, or pull with an identity that the site has"));
    } else if login.is("UserAssigned") && site.identities().is_some_and(|assigned| assigned.is_empty()) {
        let message = format!("`{}` pulls its image with a user-assigned identity, and {} has none", container.name(), site.title());
        report.push(Found::at(&login, message).help("assign the identity to the site"));
    }
}
