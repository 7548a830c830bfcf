//! One service of the repository, and what its site is called in the Bicep.

use taxiway_app::Service;
use taxiway_platform::Platform;

use super::shape::Shape;
use crate::overlay::ServerFile;

/// A service and the site that it gets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site<'a> {
    /// What was read of it.
    pub(crate) service: &'a Service,
    /// What was decided for it.
    pub(crate) platform: &'a Platform,
    /// What configures its server.
    pub(crate) server_file: ServerFile,
}

impl Site<'_> {
    /// Which parts it has.
    pub(super) fn shape(&self) -> Shape {
        Shape::of(self.platform)
    }

    /// The name of a further service; that of `[app]` has none.
    pub(super) fn name(&self) -> Option<&str> {
        self.platform.service.name.as_deref()
    }

    /// What belongs to this site: `appSettings`, and `gatewayAppSettings` of the service `gateway`.
    pub(super) fn symbol(&self, what: &str) -> String {
        self.platform.service.symbol(what)
    }

    /// A deployment of this site: `app-service`, and `gateway-app-service` of the service `gateway`.
    pub(super) fn deployment(&self, what: &str) -> String {
        match self.name() {
            Some(name) => format!("{name}-{what}"),
            None => what.to_owned(),
        }
    }

    /// The secret with the address of its database, which may be that of another service.
    pub(super) fn secret(&self, secret: &str) -> String {
        if self.platform.service.shares_database {
            secret.to_owned()
        } else {
            self.deployment(secret)
        }
    }

    /// Its containers in the storage account.
    pub(super) fn containers(&self) -> [String; 2] {
        ["media", "static"].map(|it| self.deployment(it))
    }

    /// Whether it has an identity of its own. Whoever takes the database of the service of `[app]` signs in as that one.
    pub(super) fn has_own_identity(&self) -> bool {
        !self.platform.service.shares_database
    }

    /// What belongs to its identity: `secretAccess`, and `gatewaySecretAccess` of the service `gateway`.
    pub(super) fn symbol_of_identity(&self, what: &str) -> String {
        if self.has_own_identity() {
            self.symbol(what)
        } else {
            what.to_owned()
        }
    }

    /// The module of its identity.
    pub(super) fn identity(&self) -> String {
        self.symbol_of_identity("identity")
    }

    /// Whether the server makes a database for it besides that of the service of `[app]`.
    pub(super) fn has_further_database(&self) -> bool {
        let web = &self.platform.service;
        web.name.is_some() && web.has_database && !web.shares_database
    }
}
