//! A network rule of a storage account has an address that is not taken.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "malformed-ip-rule",
    "a network rule of a storage account has an address that is not taken",
    include_str!("malformed_ip_rule.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for account in graph.of(STORAGE) {
        for item in account.at("properties/networkAcls/ipRules").items() {
            let part = item.at("value");
            if let Some(problem) = part.text().and_then(problem) {
                report.push(Found::at(&part, format!("`{}` {problem}", part.shown())));
            }
        }
    }
}

fn problem(text: &str) -> Option<&'static str> {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let address: std::net::Ipv4Addr = match address.parse() {
        Ok(address) => address,
        Err(_) => return Some("is no IPv4 address"),
    };
    if address.is_private() || address.is_loopback() {
        return Some("is a private address, which never arrives");
    }
    matches!(bits, Some("31" | "32")).then_some("has a mask that is not taken: give single addresses without one")
}
