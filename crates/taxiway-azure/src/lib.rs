//! Speaks Azure's REST API: credentials, Resource Manager with long-running operations, deployments,
//! App Service with slots and Kudu, Key Vault secrets, PostgreSQL backups.
//!
//! Azure and the local cloud differ in [`Endpoints`] and [`Credential`], in nothing else. Here is no
//! policy: what to do with the answers is decided by the callers. Every method is a future that can
//! be dropped at any time; what the cloud has begun by then goes on there.

mod audience;
mod client;
mod clock;
mod credential;
mod deployments;
mod endpoints;
mod error;
mod hint;
mod key_vault;
mod kudu;
mod localhost;
mod operation;
mod postgresql;
mod providers;
mod resource_groups;
mod retry;
mod secret;
mod service_error;
mod settings;
mod sites;
mod slots;
mod transport;

pub use client::Azure;
pub use clock::pause;
pub use credential::{Assertion, Credential, CredentialSource, IdentityIssuer, Token};
pub use deployments::{
    Change, ChangeKind, Deployment, DeploymentId, DeploymentOperation, DeploymentState, Mode,
    NewDeployment, PropertyChange, WhatIf,
};
pub use endpoints::Endpoints;
pub use error::Error;
pub use key_vault::{SecretInfo, Vault};
pub use kudu::{
    Kudu, KuduDeployment, KuduStatus, LogEntry, LogStream, Publishing, WebJobRun, WebJobStatus,
};
pub use postgresql::{Backup, PostgresqlServer, PostgresqlServerId};
pub use resource_groups::{ResourceGroup, ResourceGroupId, ResourceSummary};
pub use retry::{Repeatable, RetryPolicy, Trouble};
pub use secret::Secret;
pub use service_error::ServiceError;
pub use settings::{ReferenceStatus, SlotConfigNames};
pub use sites::{Instance, Site, SiteId};
pub use slots::SlotSwap;
pub use transport::{Transport, TransportOptions, http_client};
