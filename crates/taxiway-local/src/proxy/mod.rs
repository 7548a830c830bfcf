//! The reverse proxy in front of the sites: finds the site by the `Host` header and passes the request on over loopback.
//!
//! Invariant: a request is handed to exactly one backend whose process is not stopped before the answer has gone out, so
//! restarts and swaps lose none. A request waits while its site starts. It is sent again only when nothing of the answer came
//! and sending it twice can do no harm. Traffic splitting is absent: [`Router`] knows one backend for each host.

mod access_log;
mod backend;
mod body;
mod forward;
mod headers;
mod pages;
mod router;
mod server;
#[cfg(test)]
mod tests;

pub(crate) use backend::Backend;
pub(crate) use router::{Front, Router, Target};
pub(crate) use server::serve;
