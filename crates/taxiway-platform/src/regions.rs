//! The regions of Azure, and what is known of some of them.

/// The region where nothing else is said: in the European Union, with availability zones and every size used here.
pub(crate) const DEFAULT_REGION: &str = "swedencentral";

/// The public regions, sorted. A newer one is accepted without being here.
pub(crate) const REGIONS: &[&str] = &[
    "australiacentral",
    "australiaeast",
    "australiasoutheast",
    "austriaeast",
    "belgiumcentral",
    "brazilsouth",
    "canadacentral",
    "canadaeast",
    "centralindia",
    "centralus",
    "chilecentral",
    "denmarkeast",
    "eastasia",
    "eastus",
    "eastus2",
    "francecentral",
    "francesouth",
    "germanynorth",
    "germanywestcentral",
    "indonesiacentral",
    "israelcentral",
    "italynorth",
    "japaneast",
    "japanwest",
    "koreacentral",
    "koreasouth",
    "malaysiawest",
    "mexicocentral",
    "newzealandnorth",
    "northcentralus",
    "northeurope",
    "norwayeast",
    "norwaywest",
    "polandcentral",
    "qatarcentral",
    "southafricanorth",
    "southcentralus",
    "southeastasia",
    "southindia",
    "spaincentral",
    "swedencentral",
    "swedensouth",
    "switzerlandnorth",
    "switzerlandwest",
    "uaenorth",
    "uksouth",
    "ukwest",
    "westcentralus",
    "westeurope",
    "westus",
    "westus2",
    "westus3",
];

/// What is known of a region. A region that is not in the list is taken as one of which nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RegionFacts {
    name: &'static str,
    /// The region that geo-redundant backups go to.
    pub(crate) pair: Option<&'static str>,
    /// Whether PostgreSQL copies its backups to the pair.
    pub(crate) has_geo_backup: bool,
    /// How PostgreSQL keeps a standby here: new zone-redundant deployments are blocked in some regions for now.
    pub(crate) has_zone_redundant_standby: bool,
}

const fn region(
    name: &'static str,
    pair: Option<&'static str>,
    has_geo_backup: bool,
    has_zone_redundant_standby: bool,
) -> RegionFacts {
    RegionFacts {
        name,
        pair,
        has_geo_backup,
        has_zone_redundant_standby,
    }
}

/// All of these have availability zones. Source: Azure Database for PostgreSQL, regions (November 2025); Azure region pairs.
const FACTS: [RegionFacts; 13] = [
    region("austriaeast", None, false, true),
    region("eastus", Some("westus"), true, false),
    region("francecentral", Some("francesouth"), true, true),
    region("germanywestcentral", Some("germanynorth"), true, false),
    region("italynorth", None, false, true),
    region("northeurope", Some("westeurope"), true, false),
    region("norwayeast", Some("norwaywest"), true, true),
    region("polandcentral", None, false, true),
    region("spaincentral", None, false, true),
    region("swedencentral", Some("swedensouth"), true, true),
    region("switzerlandnorth", Some("switzerlandwest"), true, true),
    region("uksouth", Some("ukwest"), true, true),
    region("westeurope", Some("northeurope"), true, false),
];

/// What is known of a region, if it is known well enough to build on.
pub(crate) fn facts(name: &str) -> Option<RegionFacts> {
    FACTS.into_iter().find(|facts| facts.name == name)
}
