//! What can go wrong between this machine and Azure, and what to do about it.

use std::time::Duration;

use crate::{hint, service_error::ServiceError};

/// Why a call to Azure did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The HTTP client could not be made (an unreadable certificate, no trusted roots).
    #[error("cannot prepare the connection: {reason}")]
    Setup {
        /// What is wrong.
        reason: String,
    },
    /// No connection, or one that broke.
    #[error("cannot reach `{host}`")]
    Unreachable {
        /// The host that was asked.
        host: String,
        /// The cause, without the address (which may carry a signature).
        source: reqwest::Error,
    },
    /// No answer within the time a request may take.
    #[error("`{host}` did not answer within {} s", limit.as_secs())]
    Silent {
        /// The host that was asked.
        host: String,
        /// The time that was allowed.
        limit: Duration,
    },
    /// Azure refused or failed.
    #[error("{0}")]
    Service(Box<ServiceError>),
    /// No token was given out.
    #[error("cannot sign in: {reason}")]
    SignIn {
        /// What the way of signing in said, without secrets.
        reason: String,
    },
    /// An operation went on longer than its kind may take.
    #[error("`{what}` was not finished after {} s", limit.as_secs())]
    Unfinished {
        /// The operation, as method and path.
        what: String,
        /// The time that was allowed.
        limit: Duration,
    },
    /// An answer that the contract does not know.
    #[error("unexpected answer of `{what}`: {reason}")]
    Protocol {
        /// The call, as method and path.
        what: String,
        /// What is wrong with the answer.
        reason: String,
    },
}

impl Error {
    /// The error of the service, if the service answered.
    pub fn service(&self) -> Option<&ServiceError> {
        match self {
            Self::Service(error) => Some(error),
            Self::Setup { .. }
            | Self::Unreachable { .. }
            | Self::Silent { .. }
            | Self::SignIn { .. }
            | Self::Unfinished { .. }
            | Self::Protocol { .. } => None,
        }
    }

    /// Whether the resource does not exist.
    pub fn is_not_found(&self) -> bool {
        self.service().is_some_and(|error| error.status == 404)
    }

    /// Whether the caller lacks a role (which may still be on its way, for up to ten minutes).
    pub fn is_forbidden(&self) -> bool {
        self.service().is_some_and(|error| error.status == 403)
    }

    /// Whether the answer was 409.
    pub fn is_conflict(&self) -> bool {
        self.service().is_some_and(|error| error.status == 409)
    }

    /// Whether the error or one of its details has this code.
    pub fn has_code(&self, code: &str) -> bool {
        self.service().is_some_and(|error| error.has_code(code))
    }

    /// What to do about it, for the errors whose remedy is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Service(error) => error.hint(),
            Self::SignIn { reason } => hint::for_text(reason),
            Self::Unreachable { host, .. } if crate::localhost::is_localhost(host) => {
                Some("start the local cloud: taxiway cloud start".to_owned())
            }
            Self::Setup { .. }
            | Self::Unreachable { .. }
            | Self::Silent { .. }
            | Self::Unfinished { .. }
            | Self::Protocol { .. } => None,
        }
    }
}
