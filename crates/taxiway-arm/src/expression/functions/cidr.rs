//! Functions of address ranges, for IPv4 and IPv6.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::{Map, Value, json};

use super::argument;
use super::{Outcome, Pure, pure};

pub(super) const FUNCTIONS: &[Pure] = &[
    pure("parseCidr", 1, 1, |arguments| {
        let network = Network::parse(argument::text(arguments, 0)?)?;
        Ok(network.describe())
    }),
    pure("cidrSubnet", 3, 3, cidr_subnet),
    pure("cidrHost", 2, 2, cidr_host),
];

/// A range of addresses, as numbers; `bits` is 32 or 128.
struct Network {
    first: u128,
    prefix: u32,
    bits: u32,
}

impl Network {
    fn parse(text: &str) -> Result<Self, String> {
        let invalid = || format!("'{text}' is not an address range such as '10.0.0.0/16'");
        let (address, prefix) = text.split_once('/').ok_or_else(invalid)?;
        let address: IpAddr = address.trim().parse().map_err(|_| invalid())?;
        let (number, bits) = match address {
            IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
            IpAddr::V6(address) => (address.to_bits(), 128),
        };
        let prefix: u32 = prefix.trim().parse().map_err(|_| invalid())?;
        if prefix > bits {
            return Err(invalid());
        }
        let mut network = Self {
            first: 0,
            prefix,
            bits,
        };
        network.first = number & !network.host_mask();
        Ok(network)
    }

    /// The bits that tell the hosts of the network apart.
    const fn host_mask(&self) -> u128 {
        match self.bits - self.prefix {
            0 => 0,
            128 => u128::MAX,
            hosts => (1 << hosts) - 1,
        }
    }

    const fn last(&self) -> u128 {
        self.first | self.host_mask()
    }

    fn address(&self, number: u128) -> String {
        match u32::try_from(number) {
            Ok(number) if self.bits == 32 => Ipv4Addr::from_bits(number).to_string(),
            _ => Ipv6Addr::from_bits(number).to_string(),
        }
    }

    /// The first and last address that a host may have: not the network's and, of IPv4, the broadcast address,
    /// except in networks of one or two addresses.
    const fn usable(&self) -> (u128, u128) {
        let last = self.last();
        match (self.bits - self.prefix, self.bits) {
            (0 | 1, _) => (self.first, last),
            (_, 32) => (self.first + 1, last - 1),
            _ => (self.first + 1, last),
        }
    }

    fn describe(&self) -> Value {
        let mut parts = Map::new();
        parts.insert("network".to_owned(), self.address(self.first).into());
        let ones = match self.bits {
            32 => u128::from(u32::MAX),
            _ => u128::MAX,
        };
        parts.insert(
            "netmask".to_owned(),
            self.address(ones & !self.host_mask()).into(),
        );
        if self.bits == 32 {
            parts.insert("broadcast".to_owned(), self.address(self.last()).into());
        }
        let (first, last) = self.usable();
        parts.insert("firstUsable".to_owned(), self.address(first).into());
        parts.insert("lastUsable".to_owned(), self.address(last).into());
        parts.insert("cidr".to_owned(), self.prefix.into());
        json!(parts)
    }
}

fn cidr_subnet(arguments: &[&Value]) -> Outcome {
    let network = Network::parse(argument::text(arguments, 0)?)?;
    let prefix = u32::try_from(argument::position(arguments, 1)?).unwrap_or(u32::MAX);
    let index = argument::position(arguments, 2)? as u128;
    if prefix < network.prefix || prefix > network.bits {
        return Err(format!(
            "the new prefix must be between {} and {}",
            network.prefix, network.bits
        ));
    }
    let extra_bits = prefix - network.prefix;
    if extra_bits < 128 && index >> extra_bits != 0 {
        return Err(format!("the range has no subnet with the index '{index}'"));
    }
    let host_bits = network.bits - prefix;
    let offset = if host_bits == 128 {
        0
    } else {
        index << host_bits
    };
    Ok(format!("{}/{prefix}", network.address(network.first | offset)).into())
}

fn cidr_host(arguments: &[&Value]) -> Outcome {
    let network = Network::parse(argument::text(arguments, 0)?)?;
    let index = argument::position(arguments, 1)? as u128;
    let (first, last) = network.usable();
    first
        .checked_add(index)
        .filter(|host| *host <= last)
        .map(|host| network.address(host).into())
        .ok_or_else(|| format!("the range has no host with the index '{index}'"))
}
