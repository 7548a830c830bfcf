//! The parts of a running local cloud, handed to every provider.

use crate::{
    authority::Authority, deployments::Deployments, endpoints::Endpoints, identity::Tokens,
    operations::Operations, paths::Paths, postgresql, store::Store, web,
};

/// Everything that a provider needs. Clones are cheap and share all state.
#[derive(Clone, Debug)]
pub(crate) struct Cloud {
    /// What is remembered.
    pub store: Store,
    /// Where files are.
    pub paths: Paths,
    /// Host names and ports.
    pub endpoints: Endpoints,
    /// The certificate authority.
    pub authority: Authority,
    /// Issues and checks tokens.
    pub tokens: Tokens,
    /// Long-running operations.
    pub operations: Operations,
    /// The deployments that run now.
    pub deployments: Deployments,
    /// The running sites.
    pub sites: web::Sites,
    /// The running PostgreSQL servers.
    pub servers: postgresql::Servers,
}
