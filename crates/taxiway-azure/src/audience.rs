//! Whom a token is for, and so to which hosts it may be sent.

use crate::{endpoints::Endpoints, error::Error, transport::Request};

/// The services that tokens are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Resource Manager and its regional hosts.
    ResourceManager,
    /// The Kudu host of a site; Resource Manager named it.
    Kudu,
    /// The data plane of a vault.
    KeyVault,
}

impl Audience {
    pub(crate) fn scope(self, endpoints: &Endpoints) -> &str {
        match self {
            Self::ResourceManager => &endpoints.resource_manager_scope,
            Self::Kudu => &endpoints.kudu_scope,
            Self::KeyVault => &endpoints.key_vault_scope,
        }
    }

    /// Refuses a host that this audience's token is not for, and plain HTTP.
    pub(crate) fn check(self, endpoints: &Endpoints, request: &Request) -> Result<(), Error> {
        let host = request.url.host_str().unwrap_or_default();
        let own = endpoints.resource_manager.host_str().unwrap_or_default();
        let known = match self {
            Self::ResourceManager => host == own || host.ends_with(&format!(".{own}")),
            Self::KeyVault => {
                let suffix = endpoints
                    .key_vault_suffix
                    .split(':')
                    .next()
                    .unwrap_or_default();
                host.ends_with(&format!(".{suffix}"))
            }
            Self::Kudu => true,
        };
        // A server of the tests has no certificate, so plain HTTP follows from its own address alone.
        let safe = request.url.scheme() == "https" || endpoints.resource_manager.scheme() == "http";
        if known && safe {
            return Ok(());
        }
        Err(Error::Protocol {
            what: request.call(),
            reason: format!("a token is not sent to `{}://{host}`", request.url.scheme()),
        })
    }
}
