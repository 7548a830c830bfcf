//! Sizes of servers. Source: Azure documentation, "Compute options" and "Limits in Azure Database for PostgreSQL".

/// The tier that a SKU's name belongs to; `None` for a name that fits none.
pub(super) fn tier_of(sku: &str) -> Option<&'static str> {
    let size = sku.strip_prefix("Standard_").unwrap_or(sku);
    let (family, rest) = size.split_at_checked(1)?;
    rest.starts_with(|first: char| first.is_ascii_digit())
        .then_some(match family {
            "B" => "Burstable",
            "D" => "GeneralPurpose",
            "E" => "MemoryOptimized",
            _ => return None,
        })
}

pub(super) const TIERS: [&str; 3] = ["Burstable", "GeneralPurpose", "MemoryOptimized"];

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

/// A size of storage: GiB, the performance tier it starts with, its IOPS.
pub(super) struct StorageSize {
    pub gib: u64,
    pub tier: &'static str,
    pub iops: u64,
}

const fn storage(gib: u64, tier: &'static str, iops: u64) -> StorageSize {
    StorageSize { gib, tier, iops }
}

/// Premium SSD.
pub(super) const STORAGE: [StorageSize; 12] = [
    storage(32, "P4", 120),
    storage(64, "P6", 240),
    storage(128, "P10", 500),
    storage(256, "P15", 1100),
    storage(512, "P20", 2300),
    storage(1024, "P30", 5000),
    storage(2048, "P40", 7500),
    storage(4095, "P50", 7500),
    storage(4096, "P50", 7500),
    storage(8192, "P60", 16_000),
    storage(16_384, "P70", 18_000),
    storage(32_767, "P80", 20_000),
];

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

/// Major versions, newest first.
pub(super) const VERSIONS: [&str; 8] = ["18", "17", "16", "15", "14", "13", "12", "11"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_tier() {
        let cases = [
            ("Standard_B1ms", Some("Burstable")),
            ("Standard_D2ds_v5", Some("GeneralPurpose")),
            ("Standard_E4ds_v5", Some("MemoryOptimized")),
            ("B2s", Some("Burstable")),
            ("Standard_Dx", None),
            ("Standard_F2", None),
            ("", None),
        ];
        for (name, tier) in cases {
            assert_eq!(tier_of(name), tier, "{name}");
        }
    }
}
