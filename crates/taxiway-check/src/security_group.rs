//! What network security groups let through between two subnets.
//!
//! Says that a door is barred only where every rule on the way is known: groups of another template, application security
//! groups and ranges that cover a subnet in part may let through.

use crate::graph::Graph;
use crate::network::{Range, Subnet, ports};
use crate::node::Part;

/// The rule that keeps what one subnet sends from a port of the other.
pub(crate) fn barrier<'e>(
    graph: &Graph<'e>,
    from: &Subnet<'_, 'e>,
    to: &Subnet<'_, 'e>,
    port: u16,
) -> Option<Part<'e>> {
    let (source, _) = from.range()?;
    let (destination, _) = to.range()?;
    let way = Way {
        source,
        destination,
        port,
    };
    let outbound = denial(graph, from, "Outbound", &way);
    outbound.or_else(|| denial(graph, to, "Inbound", &way))
}

struct Way {
    source: Range,
    destination: Range,
    port: u16,
}

/// Whether a rule is about something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Match {
    Yes,
    No,
    Perhaps,
}

fn denial<'e>(
    graph: &Graph<'e>,
    subnet: &Subnet<'_, 'e>,
    direction: &str,
    way: &Way,
) -> Option<Part<'e>> {
    let group = graph.referred(&subnet.at("networkSecurityGroup/id"))?;
    let inline = group.at("properties/securityRules");
    if inline.is_unknown() {
        return None;
    }
    let mut rules: Vec<Part<'e>> = inline
        .items()
        .iter()
        .map(|rule| rule.at("properties"))
        .chain(
            graph
                .children(group, "securityRules")
                .map(|rule| rule.at("properties")),
        )
        .filter(|rule| rule.at("direction").is(direction) || rule.at("direction").is_unknown())
        .collect();
    let priority = |rule: &Part<'_>| rule.at("priority").number();
    if rules.iter().any(|rule| priority(rule).is_none()) {
        return None;
    }
    rules.sort_by(|left, right| {
        priority(left)
            .unwrap_or_default()
            .total_cmp(&priority(right).unwrap_or_default())
    });
    // Without a rule, networks talk inside and with each other. Source: Network security groups, default rules.
    let first = rules.iter().find(|rule| is_about(rule, way) != Match::No)?;
    let is_certain = is_about(first, way) == Match::Yes;
    let access = first.at("access");
    (is_certain && access.is("Deny")).then_some(access)
}

fn is_about(rule: &Part<'_>, way: &Way) -> Match {
    let protocol = rule.at("protocol");
    let parts = [
        if protocol.is_any(&["*", "Tcp"]) {
            Match::Yes
        } else if protocol.text().is_some() {
            Match::No
        } else {
            Match::Perhaps
        },
        addresses(rule, "source", way.source),
        addresses(rule, "destination", way.destination),
        any(ports(rule).iter().map(|part| is_port(part, way.port))),
    ];
    if parts.contains(&Match::No) {
        Match::No
    } else if parts.contains(&Match::Perhaps) {
        Match::Perhaps
    } else {
        Match::Yes
    }
}

fn addresses(rule: &Part<'_>, side: &str, of: Range) -> Match {
    if rule
        .at(&format!("{side}ApplicationSecurityGroups"))
        .is_present()
    {
        return Match::Perhaps;
    }
    let several = rule.at(&format!("{side}AddressPrefixes"));
    if several.is_unknown() {
        return Match::Perhaps;
    }
    let mut prefixes = several.items();
    prefixes.push(rule.at(&format!("{side}AddressPrefix")));
    any(prefixes.iter().map(|prefix| is_address(prefix, of)))
}

fn is_address(prefix: &Part<'_>, of: Range) -> Match {
    if prefix.is_unknown() {
        return Match::Perhaps;
    }
    if prefix.is_any(&["*", "Any", "VirtualNetwork", "0.0.0.0/0"]) {
        return Match::Yes;
    }
    match prefix.text().and_then(Range::parse) {
        Some(range) if range.contains(of) => Match::Yes,
        Some(range) if range.overlaps(of) => Match::Perhaps,
        // A single address lies in a subnet, or a service tag is no part of a network.
        None if prefix
            .text()
            .is_some_and(|text| text.parse::<std::net::IpAddr>().is_ok()) =>
        {
            Match::Perhaps
        }
        _ => Match::No,
    }
}

fn is_port(part: &Part<'_>, port: u16) -> Match {
    if part.is_unknown() {
        return Match::Perhaps;
    }
    let Some(text) = part.text() else {
        return Match::No;
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let is_inside = match (first.trim().parse::<u16>(), last.trim().parse::<u16>()) {
        (Ok(first), Ok(last)) => (first..=last).contains(&port),
        _ => text == "*",
    };
    if is_inside { Match::Yes } else { Match::No }
}

fn any(found: impl Iterator<Item = Match>) -> Match {
    let found: Vec<Match> = found.collect();
    if found.contains(&Match::Yes) {
        Match::Yes
    } else if found.contains(&Match::Perhaps) {
        Match::Perhaps
    } else {
        Match::No
    }
}
