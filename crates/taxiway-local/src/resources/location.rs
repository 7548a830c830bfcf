//! The regions by name. Source: Azure documentation, "List of Azure regions".

use serde_json::json;

use crate::provider::{Request, Response};

const LOCATIONS: &[(&str, &str)] = &[
    ("swedencentral", "Sweden Central"),
    ("swedensouth", "Sweden South"),
    ("westeurope", "West Europe"),
    ("northeurope", "North Europe"),
    ("germanywestcentral", "Germany West Central"),
    ("germanynorth", "Germany North"),
    ("francecentral", "France Central"),
    ("francesouth", "France South"),
    ("norwayeast", "Norway East"),
    ("norwaywest", "Norway West"),
    ("switzerlandnorth", "Switzerland North"),
    ("switzerlandwest", "Switzerland West"),
    ("uksouth", "UK South"),
    ("ukwest", "UK West"),
    ("polandcentral", "Poland Central"),
    ("italynorth", "Italy North"),
    ("spaincentral", "Spain Central"),
    ("austriaeast", "Austria East"),
    ("belgiumcentral", "Belgium Central"),
    ("denmarkeast", "Denmark East"),
    ("eastus", "East US"),
    ("eastus2", "East US 2"),
    ("centralus", "Central US"),
    ("northcentralus", "North Central US"),
    ("southcentralus", "South Central US"),
    ("westcentralus", "West Central US"),
    ("westus", "West US"),
    ("westus2", "West US 2"),
    ("westus3", "West US 3"),
    ("canadacentral", "Canada Central"),
    ("canadaeast", "Canada East"),
    ("mexicocentral", "Mexico Central"),
    ("brazilsouth", "Brazil South"),
    ("brazilsoutheast", "Brazil Southeast"),
    ("chilecentral", "Chile Central"),
    ("eastasia", "East Asia"),
    ("southeastasia", "Southeast Asia"),
    ("japaneast", "Japan East"),
    ("japanwest", "Japan West"),
    ("koreacentral", "Korea Central"),
    ("koreasouth", "Korea South"),
    ("centralindia", "Central India"),
    ("southindia", "South India"),
    ("westindia", "West India"),
    ("indonesiacentral", "Indonesia Central"),
    ("malaysiawest", "Malaysia West"),
    ("australiaeast", "Australia East"),
    ("australiasoutheast", "Australia Southeast"),
    ("australiacentral", "Australia Central"),
    ("newzealandnorth", "New Zealand North"),
    ("israelcentral", "Israel Central"),
    ("qatarcentral", "Qatar Central"),
    ("uaenorth", "UAE North"),
    ("uaecentral", "UAE Central"),
    ("southafricanorth", "South Africa North"),
    ("southafricawest", "South Africa West"),
];

/// `Sweden Central` → `swedencentral`.
pub(crate) fn normal(location: &str) -> String {
    location
        .chars()
        .filter(|character| !character.is_whitespace())
        .collect::<String>()
        .to_ascii_lowercase()
}

/// Whether there is such a region, given as [`normal`] has it; `global` counts.
pub(crate) fn is_known(location: &str) -> bool {
    location == "global" || LOCATIONS.iter().any(|(name, _)| *name == location)
}

/// All regions.
pub(crate) fn names() -> Vec<&'static str> {
    LOCATIONS.iter().map(|(name, _)| *name).collect()
}

/// GET {subscription}/locations.
pub(super) fn list(request: &Request) -> Response {
    let items = LOCATIONS.iter().map(|(name, display)| {
        json!({
            "id": format!("{}/locations/{name}", request.id),
            "name": name,
            "type": "Region",
            "displayName": display,
            "regionalDisplayName": display,
            "metadata": {
                "regionType": "Physical",
                "regionCategory": "Recommended",
                "geographyGroup": "",
                "longitude": "0",
                "latitude": "0",
                "physicalLocation": "this machine",
                "pairedRegion": [],
            },
        })
    });
    Response::list(items.collect())
}
