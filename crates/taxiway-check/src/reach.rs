//! Who reaches whom over private networks, on the evaluated graph.

use crate::finding::{Found, Report};
use crate::graph::Graph;
use crate::network::{ENDPOINTS, endpoints_of, network_of, subnet};
use crate::node::{Node, Part};
use crate::security_group::barrier;
use crate::site::{Site, sites};

/// Whether a site is in a network from which the target's private door can be reached. What is not known counts as reachable.
pub(crate) fn reaches(graph: &Graph<'_>, site: &Site<'_, '_>, target: &Node<'_>) -> bool {
    let Some(subnet) = site.subnet() else {
        return false;
    };
    let Some(here) = subnet.text().and_then(network_of) else {
        return true;
    };
    let injected = target.at("properties/network/delegatedSubnetResourceId");
    if injected.is_unknown() {
        return true;
    }
    let endpoints = endpoints_of(graph, target);
    // An endpoint may be made elsewhere, unless this template makes endpoints.
    let makes_endpoints = graph.has(ENDPOINTS);
    let doors = injected
        .text()
        .map(str::to_owned)
        .into_iter()
        .chain(endpoints.iter().map(|endpoint| {
            endpoint
                .node
                .at("properties/subnet/id")
                .text()
                .unwrap_or_default()
                .to_owned()
        }));
    let networks: Vec<Option<String>> = doors.map(|door| network_of(&door)).collect();
    if networks.is_empty() {
        return !makes_endpoints;
    }
    networks.iter().any(|network| {
        network
            .as_ref()
            .is_none_or(|there| *there == here || is_peered(graph, &here, there))
    })
}

/// Reports the first security rule that keeps a site from the ports of a target, where none of its doors is open to it.
pub(crate) fn report_barred(
    graph: &Graph<'_>,
    target: &Node<'_>,
    ports: &[u16],
    report: &mut Report<'_>,
) {
    for site in sites(graph).filter(|site| reaches(graph, site, target)) {
        if let Some((rule, port)) = barred(graph, &site, target, ports) {
            let message = format!(
                "no rule lets {} to port {port} of `{}`, and this one stops it",
                site.title(),
                target.name()
            );
            let help = "allow TCP from the subnet of the site to that port, with a smaller number as priority";
            report.push(
                Found::at(&rule, message)
                    .label(&site.node.whole(), "the site")
                    .help(help),
            );
            // The slot sends from the same subnet.
            return;
        }
    }
}

fn barred<'e>(
    graph: &Graph<'e>,
    site: &Site<'_, 'e>,
    target: &Node<'e>,
    ports: &[u16],
) -> Option<(Part<'e>, u16)> {
    let from = subnet(graph, &site.subnet()?)?;
    let injected = target.at("properties/network/delegatedSubnetResourceId");
    let doors: Vec<Part<'e>> = if injected.is_present() {
        vec![injected]
    } else {
        let endpoints = endpoints_of(graph, target);
        let door =
            |endpoint: &crate::network::Endpoint<'_, 'e>| endpoint.node.at("properties/subnet/id");
        endpoints.iter().map(door).collect()
    };
    let mut first = None;
    for door in doors {
        let to = subnet(graph, &door)?;
        // Without network policies no group acts on private endpoints.
        let policies = to.at("privateEndpointNetworkPolicies");
        let acts = target
            .at("properties/network/delegatedSubnetResourceId")
            .is_present()
            || policies.is_any(&["NetworkSecurityGroupEnabled", "Enabled"]);
        if !acts {
            return None;
        }
        for port in ports {
            // One port that is open is enough.
            let rule = barrier(graph, &from, &to, *port)?;
            first.get_or_insert((rule, *port));
        }
    }
    first
}

/// Whether the template joins two networks.
fn is_peered(graph: &Graph<'_>, here: &str, there: &str) -> bool {
    graph
        .of("Microsoft.Network/virtualNetworks/virtualNetworkPeerings")
        .any(|peering| {
            let own = peering.id().parent().map(|id| id.key().to_owned());
            let other = peering.at("properties/remoteVirtualNetwork/id");
            let other = other.text().map(str::to_ascii_lowercase);
            let ends = [own.as_deref(), other.as_deref()];
            ends.contains(&Some(here)) && ends.contains(&Some(there))
        })
}
