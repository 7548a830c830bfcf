//! What a region offers, and whether a name is free.

use serde_json::{Value, json};
use taxiway_arm::{
    ResourceId,
    catalogue::{POSTGRESQL_VERSIONS, PREMIUM_SSDS, PostgresqlTier},
};

use super::{TYPE, flexible_server, sizes};
use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Response, names},
};

/// `POST …/checkNameAvailability`.
pub(super) fn check_name(cloud: &Cloud, body: &Value) -> Outcome {
    let Some(name) = body["name"].as_str() else {
        return Err(ArmError::bad_request(
            "InvalidParameterValue",
            "The body needs a name.",
        ));
    };
    let refusal = match names::objection(TYPE, name) {
        Some(message) => Some(("Invalid", message)),
        None if flexible_server::is_name_taken(cloud, name, None)? => Some((
            "AlreadyExists",
            format!("Specified server name '{name}' is already used."),
        )),
        None => None,
    };
    let mut answer = json!({"name": name, "type": TYPE, "nameAvailable": refusal.is_none()});
    if let Some((reason, message)) = refusal {
        answer["reason"] = json!(reason);
        answer["message"] = json!(message);
    }
    Ok(Response::ok(answer))
}

/// `GET …/locations/{location}/capabilities` and `GET …/flexibleServers/{name}/capabilities`.
pub(super) fn capabilities() -> Outcome {
    let feature = |name: &str, status: &str| json!({"name": name, "status": status});
    let versions: Vec<Value> = POSTGRESQL_VERSIONS
        .iter()
        .map(|name| json!({"name": name, "supportedVersionsToUpgrade": []}))
        .collect();
    Ok(Response::list(vec![json!({
        "name": "FlexibleServerCapabilities",
        "supportedFeatures": [
            feature("OfferRestricted", "Disabled"),
            feature("ZoneRedundantHa", "Disabled"),
            feature("ZoneRedundantHaAndGeoBackup", "Disabled"),
            feature("GeoBackup", "Disabled"),
            feature("OnlineResize", "Disabled"),
            feature("IndexTuning", "Disabled"),
            feature("StorageAutoGrowth", "Enabled"),
            feature("FastProvisioning", "Disabled"),
        ],
        "supportedServerEditions": PostgresqlTier::ALL.map(|tier| edition(tier.name())).to_vec(),
        "supportedServerVersions": versions,
    })]))
}

fn edition(tier: &str) -> Value {
    let of_tier = || sizes::SKUS.iter().filter(|sku| sku.0 == tier);
    let skus: Vec<Value> = of_tier()
        .map(|(_, name, cores, memory)| {
            json!({
                "name": name,
                "vCores": cores,
                "supportedIops": 640 * cores,
                "supportedMemoryPerVcoreMb": memory,
                "supportedZones": ["1"],
                "supportedHaMode": [],
                "supportedFeatures": [],
            })
        })
        .collect();
    let storage: Vec<Value> = PREMIUM_SSDS
        .iter()
        .map(|ssd| {
            let tier = format!("P{}", ssd.tier);
            json!({
                "storageSizeMb": u64::from(ssd.gib) * 1024,
                "supportedIops": ssd.iops,
                "defaultIopsTier": tier,
                "supportedIopsTiers": [{"name": tier, "iops": ssd.iops}],
            })
        })
        .collect();
    json!({
        "name": tier,
        "defaultSkuName": of_tier().next().map(|sku| sku.1),
        "supportedStorageEditions": [{
            "name": "ManagedDisk",
            "defaultStorageSizeMb": 32_768,
            "supportedStorageMb": storage,
        }],
        "supportedServerSkus": skus,
    })
}

/// Whether an id is a region, or a subscription under which calls on the provider itself stand.
pub(super) fn is_location(id: &ResourceId) -> bool {
    id.is_type("Microsoft.DBforPostgreSQL/locations") || id.is_scope()
}
