//! Names under `.localhost` lead to this machine without asking DNS.
//!
//! Plain Debian (`hosts: files dns`) does not resolve them. Source: RFC 6761, section 6.3.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Resolves `localhost` and `*.localhost` to 127.0.0.1, and asks the system for the rest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LocalhostResolver;

impl Resolve for LocalhostResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        Box::pin(async move {
            if is_localhost(&host) {
                let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
                return Ok(Box::new(std::iter::once(address)) as Addrs);
            }
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Whether `host` names this machine by the rule of `.localhost`.
pub(crate) fn is_localhost(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::is_localhost;

    #[test]
    fn only_the_reserved_suffix_counts() {
        for (host, expected) in [
            ("localhost", true),
            ("shop.scm.localhost", true),
            ("Shop.LOCALHOST.", true),
            ("localhost.example.com", false),
            ("notlocalhost", false),
        ] {
            assert_eq!(is_localhost(host), expected, "{host}");
        }
    }
}
