//! Loopback ports for children that can't be asked to bind port 0 and say which one they got.
//!
//! A port is taken below the range from which the system gives ports to outgoing connections, is free at the time of asking and
//! is given to one child of this cloud only. Between the asking and the binding another program can still take it: whoever
//! starts a child on it starts again with another port when the child says so.
//!
//! A child whose clients imply a well-known port gets that port on a loopback address of its own, where the system has those:
//! Linux answers on all of 127.0.0.0/8, macOS on 127.0.0.1 alone.

use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, SocketAddrV4, TcpListener},
    sync::{Arc, Mutex, PoisonError},
};

use rand::RngExt;

const FIRST: u16 = 20_000;
const LAST: u16 = 31_999;

/// How many addresses are tried: one is enough, unless a program listens on that port of all of them, or there are none.
const ADDRESSES: u32 = 8;

/// The ports in use by this cloud's children. Clones share the set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ports {
    taken: Arc<Mutex<BTreeSet<SocketAddrV4>>>,
}

/// A port of an address that is ours until this goes.
#[derive(Debug)]
pub(crate) struct Port {
    pub address: Ipv4Addr,
    pub number: u16,
    ports: Ports,
}

impl Ports {
    /// A free port.
    ///
    /// # Errors
    /// When there is none left.
    pub(crate) fn take(&self) -> std::io::Result<Port> {
        let span = LAST - FIRST + 1;
        let start = rand::rng().random_range(0..span);
        (0..span)
            .map(|step| FIRST + (start + step) % span)
            .find_map(|number| self.claim(Ipv4Addr::LOCALHOST, number))
            .ok_or_else(|| std::io::Error::other("no free port on loopback"))
    }

    /// This port on a loopback address that nobody else has, where there are such addresses.
    pub(crate) fn take_on_own_address(&self, number: u16) -> Option<Port> {
        (0..ADDRESSES).find_map(|_| {
            // Above the low ones, which programs write into their configuration.
            let [second, third, fourth] = rand::rng().random::<[u8; 3]>();
            let address = Ipv4Addr::new(127, 64 + second % 64, third, 1 + fourth % 254);
            self.claim(address, number)
        })
    }

    /// This port of an address, if nothing listens on it.
    pub(crate) fn claim(&self, address: Ipv4Addr, number: u16) -> Option<Port> {
        let wanted = SocketAddrV4::new(address, number);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.contains(&wanted) || TcpListener::bind(wanted).is_err() {
            return None;
        }
        taken.insert(wanted);
        Some(Port {
            address,
            number,
            ports: self.clone(),
        })
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.ports
            .taken
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&SocketAddrV4::new(self.address, self.number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_given_once_and_comes_back() {
        let ports = Ports::default();
        let port = ports.take().unwrap();
        let number = port.number;
        assert!(ports.claim(Ipv4Addr::LOCALHOST, number).is_none());
        drop(port);
        assert!(ports.claim(Ipv4Addr::LOCALHOST, number).is_some());
    }

    #[test]
    fn a_port_of_another_program_is_not_given() {
        let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let number = other.local_addr().unwrap().port();
        let ports = Ports::default();
        assert!(ports.claim(Ipv4Addr::LOCALHOST, number).is_none());
    }

    #[test]
    fn several_have_one_port_on_addresses_of_their_own() {
        let ports = Ports::default();
        let free = ports.take().unwrap();
        let taken: Vec<_> = (0..3)
            .filter_map(|_| ports.take_on_own_address(free.number))
            .collect();
        // Where the system has one address only, the caller takes any port of that.
        let has_addresses = TcpListener::bind((Ipv4Addr::new(127, 100, 1, 1), 0)).is_ok();
        assert_eq!(taken.len(), if has_addresses { 3 } else { 0 });
        assert!(taken.iter().all(|port| port.number == free.number));
        assert!(taken.iter().all(|port| port.address != free.address));
    }
}
