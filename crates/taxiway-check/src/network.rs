//! Subnets, private endpoints and zones of a template, wherever they are declared.

use std::net::Ipv4Addr;

use crate::graph::Graph;
use crate::node::{Node, Part};

pub(crate) const NETWORKS: &str = "Microsoft.Network/virtualNetworks";
pub(crate) const SUBNETS: &str = "Microsoft.Network/virtualNetworks/subnets";
pub(crate) const ENDPOINTS: &str = "Microsoft.Network/privateEndpoints";
pub(crate) const ZONES: &str = "Microsoft.Network/privateDnsZones";

/// A subnet, inline in its network or a resource of its own.
#[derive(Debug)]
pub(crate) struct Subnet<'g, 'e> {
    pub(crate) network: Option<&'g Node<'e>>,
    pub(crate) name: String,
    /// In lower case.
    pub(crate) id: String,
    /// What holds `properties`.
    pub(crate) part: Part<'e>,
}

impl<'e> Subnet<'_, 'e> {
    pub(crate) fn at(&self, path: &str) -> Part<'e> {
        self.part.at("properties").at(path)
    }

    /// The address range.
    pub(crate) fn range(&self) -> Option<(Range, Part<'e>)> {
        let single = self.at("addressPrefix");
        let part = if single.is_present() {
            single
        } else {
            self.at("addressPrefixes/0")
        };
        Some((Range::parse(part.text()?)?, part))
    }

    pub(crate) fn delegations(&self) -> Option<Vec<&'e str>> {
        let delegations = self.at("delegations");
        if delegations.is_unknown() {
            return None;
        }
        delegations
            .items()
            .iter()
            .map(|item| item.at("properties/serviceName").text())
            .collect()
    }
}

/// All subnets.
pub(crate) fn subnets<'g, 'e>(graph: &'g Graph<'e>) -> Vec<Subnet<'g, 'e>> {
    let mut found = Vec::new();
    for network in graph.of(NETWORKS) {
        for part in network.at("properties/subnets").items() {
            if let Some(name) = part.at("name").text() {
                found.push(Subnet {
                    network: Some(network),
                    name: name.to_owned(),
                    id: format!(
                        "{}/subnets/{}",
                        network.id().key(),
                        name.to_ascii_lowercase()
                    ),
                    part,
                });
            }
        }
    }
    for node in graph.of(SUBNETS) {
        found.push(Subnet {
            network: graph.parent(node),
            name: node.id().name().to_owned(),
            id: node.id().key().to_owned(),
            part: node.whole(),
        });
    }
    found
}

/// The subnet with an id.
pub(crate) fn subnet<'g, 'e>(graph: &'g Graph<'e>, id: &Part<'_>) -> Option<Subnet<'g, 'e>> {
    let id = id.text_or_expression()?.to_ascii_lowercase();
    subnets(graph).into_iter().find(|subnet| subnet.id == id)
}

/// A private endpoint with what it leads to.
#[derive(Debug)]
pub(crate) struct Endpoint<'g, 'e> {
    pub(crate) node: &'g Node<'e>,
    /// The connection.
    pub(crate) connection: Part<'e>,
    /// The resource it leads to, where that is in the template.
    pub(crate) target: Option<&'g Node<'e>>,
}

pub(crate) fn endpoints<'g, 'e>(graph: &'g Graph<'e>) -> Vec<Endpoint<'g, 'e>> {
    graph
        .of(ENDPOINTS)
        .filter_map(|node| {
            let connection = [
                "privateLinkServiceConnections",
                "manualPrivateLinkServiceConnections",
            ]
            .iter()
            .find_map(|name| node.at("properties").at(name).items().into_iter().next())?;
            let target = graph.referred(&connection.at("properties/privateLinkServiceId"));
            Some(Endpoint {
                node,
                connection,
                target,
            })
        })
        .collect()
}

/// The private endpoints that lead to a resource.
pub(crate) fn endpoints_of<'g, 'e>(
    graph: &'g Graph<'e>,
    target: &Node<'_>,
) -> Vec<Endpoint<'g, 'e>> {
    endpoints(graph)
        .into_iter()
        .filter(|endpoint| {
            endpoint
                .target
                .is_some_and(|found| found.index == target.index)
        })
        .collect()
}

/// The rules of all network security groups: their properties and names.
pub(crate) fn security_rules<'e>(graph: &Graph<'e>) -> Vec<(Part<'e>, String)> {
    let groups = graph.of("Microsoft.Network/networkSecurityGroups");
    let inline = groups
        .flat_map(|group| group.at("properties/securityRules").items())
        .map(|rule| (rule.at("properties"), rule.at("name").shown()));
    let own = graph
        .of("Microsoft.Network/networkSecurityGroups/securityRules")
        .map(|rule| (rule.at("properties"), rule.name()));
    inline.chain(own).collect()
}

/// Whether the rule allows what comes in.
pub(crate) fn lets_in(rule: &Part<'_>) -> bool {
    rule.at("access").is("Allow") && rule.at("direction").is("Inbound")
}

/// Whether a source is the whole internet.
pub(crate) fn is_everyone(source: &Part<'_>) -> bool {
    source.is_any(&["*", "Internet", "0.0.0.0/0", "any"])
}

/// The ports, or ranges of ports, that a rule is about.
pub(crate) fn ports<'e>(rule: &Part<'e>) -> Vec<Part<'e>> {
    let mut ports = rule.at("destinationPortRanges").items();
    ports.push(rule.at("destinationPortRange"));
    ports
}

/// The network of a subnet id, in lower case.
pub(crate) fn network_of(subnet: &str) -> Option<String> {
    let lower = subnet.to_ascii_lowercase();
    lower
        .split_once("/subnets/")
        .map(|(network, _)| network.to_owned())
}

/// A range of IPv4 addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) first: u32,
    pub(crate) bits: u32,
}

impl Range {
    /// Reads `10.0.0.0/24`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.trim().split_once('/')?;
        let address: Ipv4Addr = address.parse().ok()?;
        let bits: u32 = bits.parse().ok().filter(|bits| *bits <= 32)?;
        Some(Self {
            first: u32::from(address) & mask(bits),
            bits,
        })
    }

    pub(crate) fn contains(self, other: Self) -> bool {
        other.bits >= self.bits && other.first & mask(self.bits) == self.first
    }

    pub(crate) fn overlaps(self, other: Self) -> bool {
        self.contains(other) || other.contains(self)
    }
}

const fn mask(bits: u32) -> u32 {
    if bits == 0 {
        0
    } else {
        u32::MAX << (32 - bits)
    }
}
