//! Sizes of servers as this cloud has them. Source: Azure documentation, "Compute options" and "Limits in Azure Database for PostgreSQL".

/// Connections that are not for users.
pub(super) const RESERVED_CONNECTIONS: u32 = 15;

/// More cost memory on a developer's machine, and one application does not need them.
const MOST_CONNECTIONS: u32 = 200;

/// How many connections a server of this size takes here.
pub(super) fn connections(sku: &str) -> u32 {
    let small = sku.strip_prefix("Standard_").unwrap_or(sku);
    if small.eq_ignore_ascii_case("B1ms") {
        50
    } else {
        MOST_CONNECTIONS
    }
}

/// The sizes that `capabilities` names: tier, name, virtual cores, memory per core in MiB.
pub(super) const SKUS: [(&str, &str, u32, u32); 12] = [
    ("Burstable", "Standard_B1ms", 1, 2048),
    ("Burstable", "Standard_B2s", 2, 2048),
    ("Burstable", "Standard_B2ms", 2, 4096),
    ("Burstable", "Standard_B4ms", 4, 4096),
    ("GeneralPurpose", "Standard_D2s_v3", 2, 4096),
    ("GeneralPurpose", "Standard_D2ds_v4", 2, 4096),
    ("GeneralPurpose", "Standard_D2ds_v5", 2, 4096),
    ("GeneralPurpose", "Standard_D4ds_v5", 4, 4096),
    ("GeneralPurpose", "Standard_D8ds_v5", 8, 4096),
    ("MemoryOptimized", "Standard_E2ds_v4", 2, 8192),
    ("MemoryOptimized", "Standard_E2ds_v5", 2, 8192),
    ("MemoryOptimized", "Standard_E4ds_v5", 4, 8192),
];
