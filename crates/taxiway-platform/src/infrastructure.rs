//! What an environment in Azure has besides its site: networks, caches, storage, people who watch.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the service is hosted in Azure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Hosting {
    /// App Service builds and runs the code.
    #[default]
    Code,
    /// App Service runs an image from a registry of the environment.
    Container,
}

/// Who reaches what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Network {
    /// How far the doors are open.
    pub profile: NetworkProfile,
    /// Whether people get in by a point-to-site VPN.
    pub vpn: bool,
    /// Public addresses (CIDR) from which people reach the vault and the storage besides the site.
    pub allowed_addresses: Vec<String>,
}

/// How far the doors are open. In each, the site reaches the database through a virtual network only.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum NetworkProfile {
    /// The site is public; the vault and the storage answer the site's subnet only.
    Public,
    /// The site is public; all else has private endpoints and no public address.
    Private,
    /// Nothing is public, the site neither.
    Internal,
}

impl NetworkProfile {
    /// All of them, the most open first.
    pub const ALL: [Self; 3] = [Self::Public, Self::Private, Self::Internal];

    /// Its name in `taxiway.toml`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Internal => "internal",
        }
    }
}

/// Whose the database is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DatabaseKind {
    /// A server that the platform makes.
    #[default]
    New,
    /// Somebody else's; its URL is a secret.
    External,
    #[schemars(skip)]
    /// There is none, in any environment: the app keeps nothing, or keeps it elsewhere.
    None,
}

/// How the app proves to the database who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SignIn {
    /// By a token of the site's managed identity: there is no secret.
    Identity,
    /// By a password that is kept in the vault.
    Password,
}

impl SignIn {
    /// Its name in `taxiway.toml` and in the Bicep.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Password => "password",
        }
    }
}

/// How a standby of the database takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standby {
    /// There is none.
    None,
    /// From the same zone.
    SameZone,
    /// From another zone.
    ZoneRedundant,
}

impl Standby {
    /// Its name in Azure.
    pub const fn mode(self) -> &'static str {
        match self {
            Self::None => "Disabled",
            Self::SameZone => "SameZone",
            Self::ZoneRedundant => "ZoneRedundant",
        }
    }
}

/// Azure Managed Redis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cache {
    /// Its size, such as `Balanced_B0`.
    pub sku: String,
    /// Whether it has a second node.
    pub high_availability: bool,
    /// The app settings that hold its URL.
    pub settings: Vec<String>,
}

/// A storage account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Storage {
    /// How it is replicated, such as `Standard_ZRS`.
    pub sku: String,
    /// How long deleted files can be recovered, in days.
    pub soft_delete_days: u32,
}

/// Who is told when something is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alerts {
    /// Mail addresses. Where there are none, whoever has the role Owner on the subscription.
    pub recipients: Vec<String>,
    /// Whether the site is called from several places of the world.
    pub availability_test: bool,
}

/// When nobody uses an environment; times of day in UTC, as `19:30`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OffHours {
    /// When its database server is stopped, every day.
    pub from: String,
    /// When it is started, Monday to Friday.
    pub until: String,
}

/// What an environment may cost. A budget tells; it stops nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Budget {
    /// A month's amount in the currency of the subscription.
    pub amount: u32,
    /// The month in which it starts, `YYYY-MM`: that of the first deployment.
    pub since: String,
}
