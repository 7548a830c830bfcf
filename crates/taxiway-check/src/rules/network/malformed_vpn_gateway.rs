//! A gateway that cannot be made, or that nobody can sign in to.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "malformed-vpn-gateway",
    "a gateway is in the wrong subnet, or nobody can sign in to it with Entra",
    include_str!("malformed_vpn_gateway.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for gateway in graph.of("Microsoft.Network/virtualNetworkGateways") {
        for configuration in gateway.at("properties/ipConfigurations").items() {
            let part = configuration.at("properties/subnet/id");
            let name = part.text().and_then(|id| id.rsplit_once("/subnets/")).map(|(_, name)| name);
            if name.is_some_and(|name| !name.eq_ignore_ascii_case("GatewaySubnet")) {
                report.push(Found::at(&part, format!("the gateway `{}` has to be in a subnet called `GatewaySubnet`", gateway.name())));
            }
        }
        let clients = gateway.at("properties/vpnClientConfiguration");
        if clients.at("vpnAuthenticationTypes").items().iter().any(|way| way.is("AAD")) {
            look_at_sign_in(&clients, report);
        }
    }
}

fn look_at_sign_in(clients: &Part<'_>, report: &mut Report<'_>) {
    let protocols = clients.at("vpnClientProtocols");
    let named = protocols.items();
    if !named.is_empty() && named.iter().all(|protocol| protocol.text().is_some_and(|text| !text.eq_ignore_ascii_case("OpenVPN"))) {
        report.push(Found::at(&protocols, "signing in with Entra needs the protocol `OpenVPN`"));
    }
    let missing: Vec<&str> = ["aadTenant", "aadIssuer", "aadAudience"].into_iter().filter(|name| clients.at(name).is_absent()).collect();
    if !missing.is_empty() {
        report.push(Found::at(&clients.at("vpnAuthenticationTypes"), format!("signing in with Entra needs `{}`", missing.join("`, `"))));
    }
    let (tenant, issuer) = (clients.at("aadTenant"), clients.at("aadIssuer"));
    let Some(text) = issuer.text() else { return };
    if !text.ends_with('/') {
        report.push(Found::at(&issuer, "tokens come from an issuer that ends in `/`").help("write `https://sts.windows.net/<tenant>/`").safe_fix(&issuer, format!("{text}/")));
    } else if tenant.text().and_then(tenant_of).is_some_and(|tenant| !text.to_ascii_lowercase().ends_with(&format!("/{tenant}/"))) {
        report.push(Found::at(&issuer, "the issuer is of another tenant").label(&tenant, "the tenant"));
    }
}

/// The last segment of an address, where it is the id of a tenant, in lower case.
fn tenant_of(address: &str) -> Option<String> {
    let last = address.trim_end_matches('/').rsplit('/').next()?.to_ascii_lowercase();
    let is_id = last.len() == 36 && last.chars().all(|letter| letter.is_ascii_hexdigit() || letter == '-');
    is_id.then_some(last)
}
