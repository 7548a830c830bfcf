//! Sizes and limits of PostgreSQL Flexible Server.
//! Source: Limits in Azure Database for PostgreSQL flexible server (September 2024); Storage options (January 2025); the checks
//! of the Azure CLI and of Terraform's provider.

/// The compute tiers, from the smallest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PostgresqlTier {
    /// No high availability, no connection pooler.
    Burstable,
    /// 4 GiB per vCore.
    GeneralPurpose,
    /// 8 GiB per vCore.
    MemoryOptimized,
}

impl PostgresqlTier {
    /// As `sku.tier` has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Burstable => "Burstable",
            Self::GeneralPurpose => "GeneralPurpose",
            Self::MemoryOptimized => "MemoryOptimized",
        }
    }
}

/// The tier that a size such as `Standard_D2ds_v5` belongs to.
pub fn postgresql_tier(size: &str) -> Option<PostgresqlTier> {
    let letter = series(size)?;
    match letter {
        'B' => Some(PostgresqlTier::Burstable),
        'D' => Some(PostgresqlTier::GeneralPurpose),
        'E' => Some(PostgresqlTier::MemoryOptimized),
        _ => None,
    }
}

fn series(size: &str) -> Option<char> {
    let rest = size
        .get(..9)
        .filter(|head| head.eq_ignore_ascii_case("Standard_"))
        .map_or(size, |_| &size[9..]);
    let letter = rest.chars().next()?.to_ascii_uppercase();
    rest[1..]
        .starts_with(|next: char| next.is_ascii_digit())
        .then_some(letter)
}

fn vcores(size: &str) -> Option<u32> {
    let start = size.rfind("Standard_").map_or(0, |start| start + 9) + 1;
    let digits: String = size
        .get(start..)?
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}

/// How many connections users may have open: the default `max_connections` of the size less 15.
pub fn user_connections(size: &str) -> Option<u32> {
    let cores = vcores(size)?;
    let tier = postgresql_tier(size)?;
    if size.to_ascii_lowercase().ends_with("b1ms") {
        return Some(35);
    }
    if size.to_ascii_lowercase().ends_with("b2s") {
        return Some(414);
    }
    let step = match tier {
        PostgresqlTier::Burstable | PostgresqlTier::GeneralPurpose => cores,
        PostgresqlTier::MemoryOptimized => cores * 2,
    };
    Some(match step {
        0..=2 => 844,
        3..=4 => 1703,
        5..=8 => 3422,
        _ => 4985,
    })
}

/// The sizes in GiB that a Premium SSD has. Any other is refused.
pub const PREMIUM_SSD_SIZES: &[u32] = &[
    32, 64, 128, 256, 512, 1024, 2048, 4095, 4096, 8192, 16384, 32767,
];

/// The performance tier that a Premium SSD of this size has by itself, as the number behind the `P`; it may only be raised.
pub fn performance_tier(gib: u32) -> Option<u32> {
    const TIERS: &[(u32, u32)] = &[
        (32, 4),
        (64, 6),
        (128, 10),
        (256, 15),
        (512, 20),
        (1024, 30),
    ];
    TIERS
        .iter()
        .find(|(size, _)| *size == gib)
        .map(|(_, tier)| *tier)
}

/// Names that no administrator can have, in lower case; nor any that starts with `pg_`.
pub const RESERVED_LOGINS: &[&str] = &[
    "azure_superuser",
    "azure_pg_admin",
    "admin",
    "administrator",
    "root",
    "guest",
    "public",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_their_tier_and_connections() {
        for (size, tier, connections) in [
            ("Standard_B1ms", PostgresqlTier::Burstable, 35),
            ("Standard_B2s", PostgresqlTier::Burstable, 414),
            ("Standard_B2ms", PostgresqlTier::Burstable, 844),
            ("Standard_D4ds_v5", PostgresqlTier::GeneralPurpose, 1703),
            ("Standard_E2ds_v5", PostgresqlTier::MemoryOptimized, 1703),
            ("Standard_E8ds_v5", PostgresqlTier::MemoryOptimized, 4985),
            ("Standard_D96ds_v5", PostgresqlTier::GeneralPurpose, 4985),
        ] {
            assert_eq!(postgresql_tier(size), Some(tier), "{size}");
            assert_eq!(user_connections(size), Some(connections), "{size}");
        }
        assert_eq!(postgresql_tier("GP_Gen5_2"), None);
        assert_eq!(postgresql_tier(""), None);
    }
}
