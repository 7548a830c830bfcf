//! Private endpoints: the groups of each type and the zone that its names belong into.
//! Source: Private endpoint DNS configuration; the zone list of the Azure Verified Modules.

/// One group of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrivateLink {
    /// The type that the endpoint leads to.
    pub resource_type: &'static str,
    /// The group. A slot's is `sites-<slot>`.
    pub group: &'static str,
    /// The zone.
    pub zone: &'static str,
}

/// The groups of a type; none where the type is not known here.
pub fn private_links(resource_type: &str) -> impl Iterator<Item = &'static PrivateLink> {
    LINKS
        .iter()
        .filter(move |link| link.resource_type.eq_ignore_ascii_case(resource_type))
}

const fn link(resource_type: &'static str, group: &'static str, zone: &'static str) -> PrivateLink {
    PrivateLink {
        resource_type,
        group,
        zone,
    }
}

const LINKS: &[PrivateLink] = &[
    link(
        "Microsoft.Web/sites",
        "sites",
        "privatelink.azurewebsites.net",
    ),
    link(
        "Microsoft.DBforPostgreSQL/flexibleServers",
        "postgresqlServer",
        "privatelink.postgres.database.azure.com",
    ),
    link(
        "Microsoft.KeyVault/vaults",
        "vault",
        "privatelink.vaultcore.azure.net",
    ),
    link(
        "Microsoft.ContainerRegistry/registries",
        "registry",
        "privatelink.azurecr.io",
    ),
    link(
        "Microsoft.Cache/redis",
        "redisCache",
        "privatelink.redis.cache.windows.net",
    ),
    link(
        "Microsoft.Cache/redisEnterprise",
        "redisEnterprise",
        "privatelink.redis.azure.net",
    ),
    link(
        "Microsoft.Storage/storageAccounts",
        "blob",
        "privatelink.blob.core.windows.net",
    ),
    link(
        "Microsoft.Storage/storageAccounts",
        "file",
        "privatelink.file.core.windows.net",
    ),
    link(
        "Microsoft.Storage/storageAccounts",
        "queue",
        "privatelink.queue.core.windows.net",
    ),
    link(
        "Microsoft.Storage/storageAccounts",
        "table",
        "privatelink.table.core.windows.net",
    ),
    link(
        "Microsoft.Storage/storageAccounts",
        "web",
        "privatelink.web.core.windows.net",
    ),
    link(
        "Microsoft.Storage/storageAccounts",
        "dfs",
        "privatelink.dfs.core.windows.net",
    ),
];
