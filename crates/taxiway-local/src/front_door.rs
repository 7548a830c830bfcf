//! The HTTPS listener, and which service answers which host.

mod host;

pub(crate) use host::{Service, is_served};
