//! What GitHub gives to the jobs of a repository, and who in the cloud trusts it.
//!
//! Pure. [`jobs`] follows every workflow from its triggers through the workflows that it calls, as GitHub does, and says of each
//! job which token it would get, and which variables and secrets it reads. [`examine`] holds the tokens against federated
//! credentials. Invariant: what cannot be known from the files (a branch by a pattern, an input that somebody types) is said to
//! be unknown, and what cannot be read to be unreadable; neither counts as trusted. Source: GitHub, OpenID Connect reference; Microsoft Entra, workload identity
//! federation.

mod credential;
mod examine;
mod job;
mod read;
mod repository;
mod value;
mod workflow;

pub use credential::{AUDIENCE, Credential, ISSUER};
pub use examine::{Code, Doctor, Home, Problem, Report, Token, examine};
pub use job::{Cloud, Job, Jobs, Scope, jobs};
pub use read::{Kind, Known, Needed};
pub use repository::Repository;
