//! Loopback ports for children that can't be asked to bind port 0 and say which one they got.
//!
//! A port is taken below the range from which the system gives ports to outgoing connections, is free at the time of asking and
//! is given to one child of this cloud only. Between the asking and the binding another program can still take it: whoever
//! starts a child on it starts again with another port when the child says so.

use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, TcpListener},
    sync::{Arc, Mutex, PoisonError},
};

use rand::RngExt;

const FIRST: u16 = 20_000;
const LAST: u16 = 31_999;

/// The ports in use by this cloud's children. Clones share the set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ports {
    taken: Arc<Mutex<BTreeSet<u16>>>,
}

/// A port that is ours until this goes.
#[derive(Debug)]
pub(crate) struct Port {
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
            .find_map(|number| self.claim(number))
            .ok_or_else(|| std::io::Error::other("no free port on loopback"))
    }

    /// This port, if nothing listens on it.
    pub(crate) fn claim(&self, number: u16) -> Option<Port> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.contains(&number) || TcpListener::bind((Ipv4Addr::LOCALHOST, number)).is_err() {
            return None;
        }
        taken.insert(number);
        Some(Port {
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
            .remove(&self.number);
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
        assert!(ports.claim(number).is_none());
        drop(port);
        assert!(ports.claim(number).is_some());
    }

    #[test]
    fn a_port_of_another_program_is_not_given() {
        let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let number = other.local_addr().unwrap().port();
        assert!(Ports::default().claim(number).is_none());
    }
}
