//! What PostgreSQL Flexible Server has in which region.
//! Source: Azure Database for PostgreSQL flexible server, regions table (18 November 2025).

/// A region of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostgresqlRegion {
    /// Its name.
    pub name: &'static str,
    /// Whether it has AMD sizes.
    pub has_amd: bool,
    /// Whether a standby can be in another zone.
    pub has_zones: bool,
    /// Whether backups can be kept in the paired region.
    pub has_geo_backup: bool,
}

const fn region(name: &'static str, has_amd: bool, has_geo_backup: bool) -> PostgresqlRegion {
    PostgresqlRegion {
        name,
        has_amd,
        has_zones: true,
        has_geo_backup,
    }
}

const REGIONS: &[PostgresqlRegion] = &[
    region("swedencentral", false, true),
    region("westeurope", false, true),
    region("northeurope", false, true),
    region("germanywestcentral", false, true),
    region("francecentral", false, true),
    region("norwayeast", true, true),
    region("switzerlandnorth", false, true),
    region("uksouth", true, true),
    region("italynorth", false, false),
    region("spaincentral", false, false),
    region("polandcentral", false, false),
    region("austriaeast", true, false),
    region("eastus", true, true),
    region("eastus2", false, true),
    region("westus2", false, true),
];

/// The region with this name, spelled `swedencentral` or `Sweden Central`; none where the table read does not have it.
pub fn postgresql_region(name: &str) -> Option<&'static PostgresqlRegion> {
    let plain = name.to_lowercase().replace(' ', "");
    REGIONS.iter().find(|region| region.name == plain)
}
