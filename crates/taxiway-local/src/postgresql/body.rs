//! The resource of a server as GET answers it.

use jiff::Timestamp;
use serde_json::{Value, json};
use taxiway_arm::{ResourceId, catalogue::premium_ssd};

use super::record::{ServerRecord, WELL_KNOWN_PORT};
use crate::record;

/// What a PUT may say but GET never answers.
const WRITE_ONLY: [&str; 3] = ["administratorLoginPassword", "createMode", "pointInTimeUTC"];

/// What only the service says; a client that sends back what it got changes nothing by it.
const READ_ONLY: [&str; 8] = [
    "state",
    "fullyQualifiedDomainName",
    "minorVersion",
    "replicaCapacity",
    "replica",
    "replicationRole",
    "privateEndpointConnections",
    "taxiway",
];

/// What the server shall be: the request over what it was, over Azure's defaults. Still holds the write-only properties.
pub(super) fn wanted(request: &Value, existing: Option<&Value>) -> Value {
    let mut body = existing.cloned().unwrap_or_else(defaults);
    let mut request = request.clone();
    if let Some(properties) = request["properties"].as_object_mut() {
        properties.retain(|name, _| !READ_ONLY.contains(&name.as_str()));
        if let Some(backup) = properties.get_mut("backup").and_then(Value::as_object_mut) {
            backup.remove("earliestRestoreDate");
        }
    }
    if let (Some(tags), Some(members)) = (request.get("tags").cloned(), body.as_object_mut()) {
        members.insert("tags".to_owned(), tags);
    }
    record::merge(&mut body, &request);
    complete_storage(
        &mut body["properties"]["storage"],
        &request["properties"]["storage"],
    );
    body
}

/// Source: type definition of flexibleServers, and what the service answers for a server made without them.
fn defaults() -> Value {
    json!({"properties": {
        "storage": {"storageSizeGB": 32, "autoGrow": "Disabled", "type": ""},
        "authConfig": {"activeDirectoryAuth": "Disabled", "passwordAuth": "Enabled"},
        "dataEncryption": {"type": "SystemManaged"},
        "backup": {"backupRetentionDays": 7, "geoRedundantBackup": "Disabled"},
        "network": {"publicNetworkAccess": "Enabled"},
        "highAvailability": {"mode": "Disabled", "state": "NotEnabled"},
        "maintenanceWindow": {"customWindow": "Disabled", "dayOfWeek": 0, "startHour": 0, "startMinute": 0},
        "availabilityZone": "1",
    }})
}

/// Tier and IOPS follow the size, unless the request names them.
fn complete_storage(storage: &mut Value, requested: &Value) {
    let size = storage["storageSizeGB"].as_u64().unwrap_or_default();
    let Some(known) = premium_ssd(size) else {
        return;
    };
    let is_other_size = requested["storageSizeGB"].as_u64().is_some();
    if requested["tier"].is_null() && (is_other_size || storage["tier"].is_null()) {
        storage["tier"] = json!(format!("P{}", known.tier));
    }
    if requested["iops"].is_null() && (is_other_size || storage["iops"].is_null()) {
        storage["iops"] = json!(known.iops);
    }
}

/// The resource, without what GET never answers.
pub(super) fn resource(id: &ResourceId, wanted: &Value, state: &str) -> Value {
    let mut properties = wanted["properties"].clone();
    if let Some(members) = properties.as_object_mut() {
        members.retain(|name, _| !WRITE_ONLY.contains(&name.as_str()));
    }
    properties["state"] = json!(state);
    properties["replicationRole"] = json!("Primary");
    properties["replicaCapacity"] = json!(0);
    properties["replica"] = json!({"role": "Primary", "capacity": 0});
    properties["privateEndpointConnections"] = json!([]);
    record::shape(id, wanted, properties)
}

/// Puts in what the running server knows.
pub(super) fn complete(
    body: &mut Value,
    record: &ServerRecord,
    state: &str,
    earliest_restore: Option<Timestamp>,
) {
    let properties = &mut body["properties"];
    properties["state"] = json!(state);
    properties["fullyQualifiedDomainName"] = json!(address(record));
    let wanted = properties["version"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let minor = match record.version.split_once('.') {
        Some((major, minor)) if major == wanted => minor,
        _ => record.version.as_str(),
    };
    properties["minorVersion"] = json!(minor);
    if let Some(earliest) = earliest_restore {
        properties["backup"]["earliestRestoreDate"] = json!(earliest.to_string());
    }
    let notes = notes(properties, record, &wanted);
    properties["taxiway"] = json!({"serverVersion": record.version, "notes": notes});
}

/// Clients glue it into connection strings, which in Azure imply the port 5432. So they do here, unless this system has no
/// address for that: then the port is part of it.
pub(super) fn address(record: &ServerRecord) -> String {
    match record.port {
        WELL_KNOWN_PORT => record.address.to_string(),
        port => format!("{}:{port}", record.address),
    }
}

/// Where this server is not what the resource says.
fn notes(properties: &Value, record: &ServerRecord, wanted: &str) -> Vec<String> {
    let mut notes = Vec::new();
    if record.version.split('.').next() != Some(wanted) {
        notes.push(format!(
            "Version {wanted} was asked for; this machine has PostgreSQL {}, and that is what runs.",
            record.version
        ));
    }
    if !record.has_tls {
        notes.push("This machine's PostgreSQL was built without TLS; clients connect in the clear, over loopback.".to_owned());
    }
    if properties["highAvailability"]["mode"] != "Disabled" {
        notes.push("The local cloud runs no standby.".to_owned());
    }
    if properties["authConfig"]["activeDirectoryAuth"] == "Enabled" {
        notes.push(
            "Tokens of the managed identities of sites are taken as passwords, and no others."
                .to_owned(),
        );
    }
    notes
}
