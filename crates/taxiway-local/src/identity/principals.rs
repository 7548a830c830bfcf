//! The principals of the tenant: service principals with secrets, and managed identities.
//!
//! Secrets are kept as SHA-256 of 256 random bits; the clear value is returned once.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use taxiway_arm::ResourceId;
use uuid::Uuid;

use crate::store::{Store, StoreError};

const KIND: &str = "principal";

/// A service principal of the tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Principal {
    /// Its object id, a UUID.
    pub object_id: String,
    /// Its application (client) id, a UUID.
    pub app_id: String,
    pub display_name: String,
    pub kind: PrincipalKind,
    pub created: Timestamp,
}

/// What stands behind a principal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PrincipalKind {
    /// An application that signs in with a secret.
    Application {
        /// SHA-256 of each secret, in hexadecimal digits.
        secret_digests: Vec<String>,
    },
    /// The identity of a resource: a user-assigned identity, or the system-assigned one of a site.
    ManagedIdentity { resource: ResourceId },
}

impl Principal {
    /// Whether this is one of the application's secrets.
    pub(crate) fn has_secret(&self, secret: &str) -> bool {
        match &self.kind {
            PrincipalKind::Application { secret_digests } => {
                secret_digests.contains(&digest_of(secret))
            }
            PrincipalKind::ManagedIdentity { .. } => false,
        }
    }
}

/// The principals, kept in the store.
#[derive(Clone, Debug)]
pub(crate) struct Principals {
    store: Store,
}

impl Principals {
    pub(crate) const fn new(store: Store) -> Self {
        Self { store }
    }

    /// Makes an application with one secret, which is returned in clear beside it.
    pub(crate) fn create_application(
        &self,
        display_name: &str,
    ) -> Result<(Principal, String), StoreError> {
        let secret = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
        let principal = Self::fresh(
            display_name,
            PrincipalKind::Application {
                secret_digests: vec![digest_of(&secret)],
            },
        );
        self.put(&principal)?;
        Ok((principal, secret))
    }

    /// Makes the identity of a resource, or returns the one that it has.
    pub(crate) fn ensure_managed_identity(
        &self,
        resource: &ResourceId,
    ) -> Result<Principal, StoreError> {
        if let Some(principal) = self.of_resource(resource)? {
            return Ok(principal);
        }
        let principal = Self::fresh(
            resource.name(),
            PrincipalKind::ManagedIdentity {
                resource: resource.clone(),
            },
        );
        self.put(&principal)?;
        Ok(principal)
    }

    /// The identity of a resource.
    pub(crate) fn of_resource(
        &self,
        resource: &ResourceId,
    ) -> Result<Option<Principal>, StoreError> {
        self.find(|principal| {
            matches!(&principal.kind, PrincipalKind::ManagedIdentity { resource: own } if own == resource)
        })
    }

    /// Removes the identity of a resource; whether there was one.
    pub(crate) fn delete_of_resource(&self, resource: &ResourceId) -> Result<bool, StoreError> {
        match self.of_resource(resource)? {
            Some(principal) => self.store.delete_document(KIND, &principal.object_id),
            None => Ok(false),
        }
    }

    pub(crate) fn by_object_id(&self, object_id: &str) -> Result<Option<Principal>, StoreError> {
        self.store.document(KIND, &object_id.to_ascii_lowercase())
    }

    pub(crate) fn by_app_id(&self, app_id: &str) -> Result<Option<Principal>, StoreError> {
        self.find(|principal| principal.app_id.eq_ignore_ascii_case(app_id))
    }

    pub(crate) fn all(&self) -> Result<Vec<Principal>, StoreError> {
        let documents = self.store.documents(KIND)?;
        Ok(documents
            .into_iter()
            .map(|(_, principal)| principal)
            .collect())
    }

    fn find(&self, matches: impl Fn(&Principal) -> bool) -> Result<Option<Principal>, StoreError> {
        Ok(self.all()?.into_iter().find(matches))
    }

    fn put(&self, principal: &Principal) -> Result<(), StoreError> {
        self.store
            .put_document(KIND, &principal.object_id, principal)
    }

    fn fresh(display_name: &str, kind: PrincipalKind) -> Principal {
        Principal {
            object_id: Uuid::new_v4().to_string(),
            app_id: Uuid::new_v4().to_string(),
            display_name: display_name.to_owned(),
            kind,
            created: Timestamp::now(),
        }
    }
}

fn digest_of(secret: &str) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    for byte in Sha256::digest(secret.as_bytes()) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
