//! The types that several rules are about, and what is read from them everywhere.

use crate::node::{Node, Part};

pub(crate) const POSTGRESQL: &str = "Microsoft.DBforPostgreSQL/flexibleServers";
pub(crate) const VAULTS: &str = "Microsoft.KeyVault/vaults";
pub(crate) const REGISTRIES: &str = "Microsoft.ContainerRegistry/registries";
pub(crate) const STORAGE: &str = "Microsoft.Storage/storageAccounts";
pub(crate) const ROLES: &str = "Microsoft.Authorization/roleAssignments";

pub(crate) const CONTAINER_APPS: &str = "Microsoft.App/containerApps";
pub(crate) const BACKUP_VAULTS: &str = "Microsoft.DataProtection/backupVaults";
pub(crate) const ORIGINS: &str = "Microsoft.Cdn/profiles/originGroups/origins";
pub(crate) const FIREWALLS: [&str; 2] = [
    "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies",
    "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies",
];

/// A size such as `1.5Gi` in GiB.
pub(crate) fn gibibytes(part: &Part<'_>) -> Option<f64> {
    part.text()?.strip_suffix("Gi")?.parse().ok()
}

/// The tier of a database server: by its size, else as it says.
pub(crate) fn tier(server: &Node<'_>) -> Option<&'static str> {
    let by_size = server
        .at("sku/name")
        .text()
        .and_then(taxiway_arm::catalogue::postgresql_tier)
        .map(taxiway_arm::catalogue::PostgresqlTier::name);
    let said = server.at("sku/tier");
    by_size.or_else(|| {
        ["Burstable", "GeneralPurpose", "MemoryOptimized"]
            .into_iter()
            .find(|tier| said.is(tier))
    })
}

/// The built-in role that is assigned.
pub(crate) fn role_of(assignment: &Node<'_>) -> Option<&'static str> {
    taxiway_arm::catalogue::role_name(assignment.at("properties/roleDefinitionId").text()?)
}

/// The region that a resource says it is in, as Azure writes it: `swedencentral`.
pub(crate) fn region(node: &Node<'_>) -> Option<String> {
    let location = node.at("location").text()?;
    Some(location.to_lowercase().replace(' ', ""))
}
