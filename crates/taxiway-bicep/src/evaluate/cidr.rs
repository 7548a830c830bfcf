//! Address ranges.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::{Value, json};

struct Range {
    network: u128,
    prefix: u32,
    bits: u32,
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let prefix: u32 = prefix.parse().ok()?;
        let (value, bits) = match address.parse().ok()? {
            IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
            IpAddr::V6(address) => (address.to_bits(), 128),
        };
        (prefix <= bits).then(|| Self {
            network: value & mask(prefix, bits),
            prefix,
            bits,
        })
    }

    fn last(&self) -> u128 {
        self.network | host_mask(self.prefix, self.bits)
    }

    fn show(&self, address: u128) -> String {
        if self.bits == 32 {
            Ipv4Addr::from_bits(u32::try_from(address).unwrap_or(u32::MAX)).to_string()
        } else {
            Ipv6Addr::from_bits(address).to_string()
        }
    }
}

fn host_mask(prefix: u32, bits: u32) -> u128 {
    1u128
        .checked_shl(bits - prefix)
        .map_or(u128::MAX, |size| size - 1)
}

fn mask(prefix: u32, bits: u32) -> u128 {
    host_mask(0, bits) ^ host_mask(prefix, bits)
}

/// `parseCidr`
pub(super) fn parse(text: &str) -> Option<Value> {
    let range = Range::parse(text)?;
    let (network, last) = (range.network, range.last());
    let is_v4 = range.bits == 32;
    let is_wide = range.prefix + 1 < range.bits;
    let (first_usable, last_usable) = match (is_v4, is_wide) {
        (true, true) => (network + 1, last - 1),
        _ => (network, last),
    };
    let mut value = json!({
        "network": range.show(network),
        "netmask": range.show(mask(range.prefix, range.bits)),
        "broadcast": range.show(last),
        "firstUsable": range.show(first_usable),
        "lastUsable": range.show(last_usable),
        "cidr": range.prefix,
    });
    if !is_v4 && let Some(members) = value.as_object_mut() {
        members.shift_remove("broadcast");
    }
    Some(value)
}

/// `cidrSubnet`
pub(super) fn subnet(text: &str, prefix: i64, index: i64) -> Option<String> {
    let range = Range::parse(text)?;
    let prefix = u32::try_from(prefix).ok()?;
    if prefix < range.prefix || prefix > range.bits {
        return None;
    }
    let index = u128::try_from(index).ok()?;
    let offset = index.checked_shl(range.bits - prefix).unwrap_or(0);
    let network = range.network.checked_add(offset)?;
    (network <= range.last()).then(|| format!("{}/{prefix}", range.show(network)))
}

/// `cidrHost`
pub(super) fn host(text: &str, index: i64) -> Option<String> {
    let range = Range::parse(text)?;
    let address = range
        .network
        .checked_add(u128::try_from(index).ok()?)?
        .checked_add(1)?;
    (address <= range.last()).then(|| range.show(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_cut_and_counted() {
        assert_eq!(
            subnet("10.144.0.0/20", 24, 2).as_deref(),
            Some("10.144.2.0/24")
        );
        assert_eq!(host("10.144.3.0/24", 0).as_deref(), Some("10.144.3.1"));
        assert_eq!(
            parse("10.144.0.0/20").unwrap()["lastUsable"],
            "10.144.15.254"
        );
        assert_eq!(subnet("10.0.0.0/24", 23, 0), None);
    }
}
