//! The resource types that this cloud has.

/// One type.
#[derive(Debug)]
pub(crate) struct ResourceType {
    /// `Microsoft.Web/sites/slots`.
    pub(crate) name: &'static str,
    /// The versions that `GET …/providers/{namespace}` names; calls with others are taken too.
    pub(crate) api_versions: &'static [&'static str],
    /// Whether a new one has to say where it is.
    pub(crate) needs_location: bool,
    /// Whether it is in the store under its own id, so that a child can be told that its parent is missing.
    pub(crate) is_record: bool,
    /// Whether the provider does nothing but keep it; see [`crate::generic`].
    pub(crate) is_generic: bool,
}

const fn record(
    name: &'static str,
    api_versions: &'static [&'static str],
    needs_location: bool,
) -> ResourceType {
    ResourceType {
        name,
        api_versions,
        needs_location,
        is_record: true,
        is_generic: false,
    }
}

/// A type without a record of its own, such as a site's configuration.
const fn part(name: &'static str, api_versions: &'static [&'static str]) -> ResourceType {
    ResourceType {
        name,
        api_versions,
        needs_location: false,
        is_record: false,
        is_generic: false,
    }
}

const fn generic(
    name: &'static str,
    api_versions: &'static [&'static str],
    needs_location: bool,
) -> ResourceType {
    ResourceType {
        name,
        api_versions,
        needs_location,
        is_record: true,
        is_generic: true,
    }
}

const WEB: &[&str] = &["2025-03-01", "2024-11-01", "2024-04-01", "2023-12-01"];
const POSTGRESQL: &[&str] = &["2025-08-01", "2024-08-01"];
const VAULT: &[&str] = &["2026-02-01", "2025-05-01", "2023-07-01"];
const IDENTITY: &[&str] = &["2024-11-30", "2023-01-31"];

/// All of them, by namespace.
pub(crate) const TYPES: &[ResourceType] = &[
    record(
        "Microsoft.Resources/deployments",
        &["2025-04-01", "2024-11-01"],
        false,
    ),
    part("Microsoft.Resources/tags", &["2025-04-01", "2024-11-01"]),
    record(
        "Microsoft.Authorization/roleAssignments",
        &["2022-04-01"],
        false,
    ),
    part("Microsoft.Authorization/roleDefinitions", &["2022-04-01"]),
    record("Microsoft.Authorization/locks", &["2020-05-01"], false),
    record(
        "Microsoft.ManagedIdentity/userAssignedIdentities",
        IDENTITY,
        true,
    ),
    record(
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
        IDENTITY,
        false,
    ),
    record("Microsoft.KeyVault/vaults", VAULT, true),
    part("Microsoft.KeyVault/vaults/secrets", VAULT),
    part("Microsoft.KeyVault/vaults/accessPolicies", VAULT),
    part("Microsoft.KeyVault/deletedVaults", VAULT),
    record("Microsoft.Web/serverfarms", WEB, true),
    record("Microsoft.Web/sites", WEB, true),
    record("Microsoft.Web/sites/slots", WEB, true),
    part("Microsoft.Web/sites/config", WEB),
    part("Microsoft.Web/sites/slots/config", WEB),
    part(
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies",
        WEB,
    ),
    part(
        "Microsoft.Web/sites/slots/basicPublishingCredentialsPolicies",
        WEB,
    ),
    part("Microsoft.Web/sites/extensions", WEB),
    part("Microsoft.Web/sites/slots/extensions", WEB),
    record(
        "Microsoft.DBforPostgreSQL/flexibleServers",
        POSTGRESQL,
        true,
    ),
    part(
        "Microsoft.DBforPostgreSQL/flexibleServers/databases",
        POSTGRESQL,
    ),
    part(
        "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules",
        POSTGRESQL,
    ),
    part(
        "Microsoft.DBforPostgreSQL/flexibleServers/configurations",
        POSTGRESQL,
    ),
    part(
        "Microsoft.DBforPostgreSQL/flexibleServers/backups",
        POSTGRESQL,
    ),
    part(
        "Microsoft.DBforPostgreSQL/flexibleServers/administrators",
        POSTGRESQL,
    ),
    generic(
        "Microsoft.OperationalInsights/workspaces",
        &["2025-02-01", "2023-09-01"],
        true,
    ),
    generic(
        "Microsoft.OperationalInsights/workspaces/savedSearches",
        &["2025-02-01", "2023-09-01"],
        false,
    ),
    generic("Microsoft.Insights/components", &["2020-02-02"], true),
    generic("Microsoft.Insights/actionGroups", &["2023-01-01"], true),
    generic("Microsoft.Insights/metricAlerts", &["2018-03-01"], true),
    generic(
        "Microsoft.Insights/activityLogAlerts",
        &["2020-10-01"],
        true,
    ),
    generic(
        "Microsoft.Insights/scheduledQueryRules",
        &["2023-12-01", "2022-06-15"],
        true,
    ),
    generic("Microsoft.Insights/webtests", &["2022-06-15"], true),
    generic("Microsoft.Insights/workbooks", &["2023-06-01"], true),
    generic(
        "Microsoft.Insights/autoscalesettings",
        &["2022-10-01"],
        true,
    ),
    generic(
        "Microsoft.Insights/diagnosticSettings",
        &["2021-05-01-preview"],
        false,
    ),
    generic(
        "Microsoft.Consumption/budgets",
        &["2024-08-01", "2023-05-01"],
        false,
    ),
];

/// The type with this full name.
pub(crate) fn find(resource_type: &str) -> Option<&'static ResourceType> {
    TYPES
        .iter()
        .find(|entry| entry.name.eq_ignore_ascii_case(resource_type))
}

/// Whether there is any type of this namespace.
pub(crate) fn has_namespace(namespace: &str) -> bool {
    namespaces()
        .iter()
        .any(|known| known.eq_ignore_ascii_case(namespace))
}

/// The namespaces, each once, in order.
pub(crate) fn namespaces() -> Vec<&'static str> {
    let mut namespaces: Vec<&str> = TYPES.iter().map(ResourceType::namespace).collect();
    namespaces.dedup();
    namespaces
}

impl ResourceType {
    pub(crate) fn namespace(&self) -> &'static str {
        self.name
            .split_once('/')
            .map_or(self.name, |(namespace, _)| namespace)
    }

    /// The type without its namespace.
    pub(crate) fn short_name(&self) -> &'static str {
        self.name.split_once('/').map_or("", |(_, short)| short)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_one_namespace_stand_together() {
        let mut sorted = namespaces();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), namespaces().len());
    }
}
