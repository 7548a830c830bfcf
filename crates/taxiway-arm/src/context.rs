//! What a deployment is told about the world: scope, clock, identities.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::ResourceId;

/// A subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Its id, a UUID.
    pub id: String,
    /// Its name for people.
    pub display_name: String,
}

/// A resource group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceGroup {
    /// Its name.
    pub name: String,
    /// Its location (`swedencentral`).
    pub location: String,
    /// Its tags.
    pub tags: Map<String, Value>,
}

/// Where a template is deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A resource group.
    ResourceGroup(Subscription, ResourceGroup),
    /// A subscription.
    Subscription(Subscription),
    /// A management group, by name.
    ManagementGroup(String),
    /// The tenant.
    Tenant,
}

impl Scope {
    /// The subscription, at or below one.
    pub const fn subscription(&self) -> Option<&Subscription> {
        match self {
            Self::ResourceGroup(subscription, _) | Self::Subscription(subscription) => {
                Some(subscription)
            }
            Self::ManagementGroup(_) | Self::Tenant => None,
        }
    }

    /// The resource group, at one.
    pub const fn resource_group(&self) -> Option<&ResourceGroup> {
        match self {
            Self::ResourceGroup(_, group) => Some(group),
            Self::Subscription(_) | Self::ManagementGroup(_) | Self::Tenant => None,
        }
    }

    /// The id of the scope. Names that could not stand in an id give the tenant's.
    pub fn id(&self) -> ResourceId {
        match self {
            Self::ResourceGroup(subscription, group) => {
                ResourceId::for_resource_group(&subscription.id, &group.name)
            }
            Self::Subscription(subscription) => ResourceId::for_subscription(&subscription.id),
            Self::ManagementGroup(name) => ResourceId::for_management_group(name),
            Self::Tenant => Ok(ResourceId::tenant()),
        }
        .unwrap_or_else(|_| ResourceId::tenant())
    }
}

/// Who deploys, as `deployer()` gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployer {
    /// The object id of the principal.
    pub object_id: String,
    /// Its tenant.
    pub tenant_id: String,
    /// The name with which a person signs in; empty for an application.
    pub user_principal_name: String,
}

/// Everything a deployment knows that is not in its template.
#[derive(Clone, Debug, PartialEq)]
pub struct Context {
    /// The tenant's id.
    pub tenant_id: String,
    /// The tenant's name for people.
    pub tenant_display_name: String,
    /// Where the template is deployed.
    pub scope: Scope,
    /// The deployment's name.
    pub deployment_name: String,
    /// The deployment's own location, at subscription scope and above.
    pub deployment_location: Option<String>,
    /// The time at which the deployment started: `utcNow()`.
    pub utc_now: Timestamp,
    /// What the values of `newGuid()` are made from; random for a real deployment.
    pub guid_seed: Uuid,
    /// What `environment()` gives.
    pub environment: Value,
    /// What `deployer()` gives.
    pub deployer: Deployer,
    /// Groups outside of the scope that a static evaluation may enter; their location is a runtime value otherwise.
    pub resource_groups: Vec<(ResourceId, ResourceGroup)>,
}

impl Context {
    /// A context for `scope` in Azure's public cloud; time and seed are zero, names empty.
    pub fn new(scope: Scope) -> Self {
        Self {
            tenant_id: Uuid::nil().to_string(),
            tenant_display_name: String::new(),
            scope,
            deployment_name: "main".to_owned(),
            deployment_location: None,
            utc_now: Timestamp::UNIX_EPOCH,
            guid_seed: Uuid::nil(),
            environment: azure_public_cloud(),
            deployer: Deployer::default(),
            resource_groups: Vec::new(),
        }
    }
}

/// `environment()` of Azure's public cloud. Source: ARM documentation, "Deployment functions", environment.
pub fn azure_public_cloud() -> Value {
    json!({
        "name": "AzureCloud",
        "gallery": "https://gallery.azure.com/",
        "graph": "https://graph.windows.net/",
        "portal": "https://portal.azure.com",
        "graphAudience": "https://graph.windows.net/",
        "activeDirectoryDataLake": "https://datalake.azure.net/",
        "batch": "https://batch.core.windows.net/",
        "media": "https://rest.media.azure.net",
        "sqlManagement": "https://management.core.windows.net:8443/",
        "vmImageAliasDoc": "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/master/arm-compute/quickstart-templates/aliases.json",
        "resourceManager": "https://management.azure.com/",
        "authentication": {
            "loginEndpoint": "https://login.microsoftonline.com/",
            "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
            "tenant": "common",
            "identityProvider": "AAD"
        },
        "suffixes": {
            "acrLoginServer": ".azurecr.io",
            "azureDatalakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
            "azureDatalakeStoreFileSystem": "azuredatalakestore.net",
            "azureFrontDoorEndpointSuffix": "azurefd.net",
            "keyvaultDns": ".vault.azure.net",
            "sqlServerHostname": ".database.windows.net",
            "storage": "core.windows.net"
        }
    })
}
