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
    /// Every tier, from the smallest.
    pub const ALL: [Self; 3] = [Self::Burstable, Self::GeneralPurpose, Self::MemoryOptimized];

    /// The tier of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.name() == name)
    }

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

/// Whether a size such as `Standard_D2ads_v5` has a processor of AMD.
pub fn is_amd(size: &str) -> bool {
    size.to_ascii_lowercase().contains("ads_v")
}

/// The letter of a size's family, which a digit follows.
fn series(size: &str) -> Option<char> {
    let mut rest = after_prefix(size).chars();
    let letter = rest.next()?.to_ascii_uppercase();
    rest.next()?.is_ascii_digit().then_some(letter)
}

fn after_prefix(size: &str) -> &str {
    const PREFIX: &str = "Standard_";
    match size.split_at_checked(PREFIX.len()) {
        Some((head, rest)) if head.eq_ignore_ascii_case(PREFIX) => rest,
        _ => size,
    }
}

fn vcores(size: &str) -> Option<u32> {
    let digits: String = after_prefix(size)
        .chars()
        .skip(1)
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

/// A size that a Premium SSD has. Any other is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PremiumSsd {
    /// How much it holds.
    pub gib: u32,
    /// The performance tier that it has by itself, as the number behind the `P`; it may only be raised.
    pub tier: u32,
    /// Operations per second at that tier.
    pub iops: u32,
}

const fn ssd(gib: u32, tier: u32, iops: u32) -> PremiumSsd {
    PremiumSsd { gib, tier, iops }
}

/// Every size of a Premium SSD, from the smallest.
pub const PREMIUM_SSDS: &[PremiumSsd] = &[
    ssd(32, 4, 120),
    ssd(64, 6, 240),
    ssd(128, 10, 500),
    ssd(256, 15, 1100),
    ssd(512, 20, 2300),
    ssd(1024, 30, 5000),
    ssd(2048, 40, 7500),
    ssd(4095, 50, 7500),
    ssd(4096, 50, 7500),
    ssd(8192, 60, 16_000),
    ssd(16_384, 70, 18_000),
    ssd(32_767, 80, 20_000),
];

/// The Premium SSD that holds exactly this much.
pub fn premium_ssd(gib: u64) -> Option<&'static PremiumSsd> {
    PREMIUM_SSDS.iter().find(|ssd| u64::from(ssd.gib) == gib)
}

/// Major versions, newest first. Source: type definition of flexible servers.
pub const POSTGRESQL_VERSIONS: &[&str] = &["18", "17", "16", "15", "14", "13", "12", "11"];

/// Whether no administrator can have this name. Source: checks of Terraform's provider.
pub fn is_reserved_login(login: &str) -> bool {
    let login = login.to_ascii_lowercase();
    login.starts_with("pg_") || RESERVED_LOGINS.contains(&login.as_str())
}

/// Whether it is said of this name that no administrator can have it, without a source that is sure.
pub fn is_doubtful_login(login: &str) -> bool {
    ["azuresu", "postgres"]
        .iter()
        .any(|known| login.eq_ignore_ascii_case(known))
}

const RESERVED_LOGINS: &[&str] = &[
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
        for wrong in ["GP_Gen5_2", "", "é2", "Standard_Dx", "Standard_F2"] {
            assert_eq!(postgresql_tier(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn some_logins_are_azures_own() {
        assert!(
            ["Admin", "pg_shop", "azure_superuser"]
                .into_iter()
                .all(is_reserved_login)
        );
        assert!(!is_reserved_login("shop") && !is_doubtful_login("shop"));
        // What is only doubtful refuses nobody.
        assert!(is_doubtful_login("postgres") && !is_reserved_login("postgres"));
    }
}
