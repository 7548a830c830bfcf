//! Sites, slots and their children as GET answers them.

use serde_json::{Map, Value, json};
use taxiway_arm::ResourceId;

use super::{
    record::{Identity, SiteRecord, SlotRecord},
    slot_id::SlotId,
};
use crate::cloud::Cloud;

/// The site or slot and everything below it that can be read.
pub(super) fn rows(
    cloud: &Cloud,
    record: &SiteRecord,
    slot: &SlotId,
    found: &SlotRecord,
    plan: Option<&Value>,
) -> Vec<(ResourceId, Value)> {
    let id = resource_id(record, found);
    let mut rows = vec![(id.clone(), site(cloud, record, slot, found, plan))];
    let mut add = |kind: &str, name: &str, properties: Value| {
        if let Ok(child_id) = id.child(kind, name) {
            let body = child(record, found, kind, name, properties);
            rows.push((child_id, body));
        }
    };
    add("config", "web", web(found));
    add("config", "appsettings", json!(found.app_settings));
    add(
        "config",
        "connectionstrings",
        json!(found.connection_strings),
    );
    if slot.slot.is_none() {
        add("config", "slotConfigNames", json!(record.sticky));
    }
    let allow = |allow: bool| json!({"allow": allow});
    add(
        "basicPublishingCredentialsPolicies",
        "ftp",
        allow(found.basic_auth.ftp),
    );
    add(
        "basicPublishingCredentialsPolicies",
        "scm",
        allow(found.basic_auth.scm),
    );
    for (key, document) in &found.documents {
        let kind = key.split('/').next().unwrap_or_default();
        let kind = if kind == "hostnamebindings" {
            "hostNameBindings"
        } else {
            kind
        };
        add(kind, &document.name, document.properties.clone());
    }
    rows
}

/// The id with the names as they were written.
pub(super) fn resource_id(record: &SiteRecord, found: &SlotRecord) -> ResourceId {
    match found.name.as_str() {
        "production" => record.id.clone(),
        name => record
            .id
            .child("slots", name)
            .expect("a slot's name was checked when it was made"),
    }
}

/// A child resource such as `config/web`.
pub(super) fn child(
    record: &SiteRecord,
    found: &SlotRecord,
    kind: &str,
    name: &str,
    properties: Value,
) -> Value {
    let parent = resource_id(record, found);
    json!({
        "id": format!("{parent}/{kind}/{name}"),
        "name": name,
        "type": format!("{}/{kind}", parent.resource_type()),
        "location": record.location,
        "properties": properties,
    })
}

/// The site configuration, with the members that clients can't do without.
pub(super) fn web(found: &SlotRecord) -> Value {
    let defaults = json!({
        "numberOfWorkers": 1,
        "linuxFxVersion": "",
        "appCommandLine": "",
        "alwaysOn": false,
        "http20Enabled": false,
        "minTlsVersion": "1.2",
        "scmMinTlsVersion": "1.2",
        "ftpsState": "FtpsOnly",
        "healthCheckPath": null,
        "webSocketsEnabled": false,
        "use32BitWorkerProcess": false,
        "scmType": "None",
        "publishingUsername": "",
        "experiments": {"rampUpRules": []},
    });
    let mut merged = defaults;
    for (name, value) in &found.web {
        merged[name] = value.clone();
    }
    merged
}

fn site(
    cloud: &Cloud,
    record: &SiteRecord,
    slot: &SlotId,
    found: &SlotRecord,
    plan: Option<&Value>,
) -> Value {
    let id = resource_id(record, found);
    let mut body = Map::new();
    let name = id.full_name();
    body.insert("id".to_owned(), json!(id));
    body.insert("name".to_owned(), json!(name));
    body.insert("type".to_owned(), json!(id.resource_type()));
    body.insert("kind".to_owned(), json!(found.kind));
    body.insert("location".to_owned(), json!(record.location));
    if let Some(tags) = &found.tags {
        body.insert("tags".to_owned(), tags.clone());
    }
    if let Some(identity) = &found.identity {
        body.insert("identity".to_owned(), identity.to_value());
    }
    let mut properties = computed(cloud, record, slot, found, plan);
    for (name, value) in &found.properties {
        properties.insert(name.clone(), value.clone());
    }
    properties.insert("siteConfig".to_owned(), web(found));
    body.insert("properties".to_owned(), Value::Object(properties));
    Value::Object(body)
}

fn computed(
    cloud: &Cloud,
    record: &SiteRecord,
    slot: &SlotId,
    found: &SlotRecord,
    plan: Option<&Value>,
) -> Map<String, Value> {
    let label = slot.label();
    let host = cloud.endpoints.site_host(&label);
    let scm = cloud.endpoints.scm_host(&label);
    let tier = plan.and_then(|plan| plan["sku"]["tier"].as_str());
    let swapping = record
        .swap
        .as_ref()
        .filter(|swap| swap.source == slot.name());
    let last_swap = record.last_swap.as_ref().map(|swap| {
        json!({
            "timestampUtc": swap.time,
            "sourceSlotName": swap.source,
            "destinationSlotName": swap.target,
        })
    });
    let properties = json!({
        "name": label,
        "state": if found.is_stopped { "Stopped" } else { "Running" },
        "hostNames": [host],
        "webSpace": format!("{}-{}webspace-Linux", record.id.resource_group().unwrap_or_default(), record.location),
        "repositorySiteName": label,
        "usageState": "Normal",
        "enabled": !found.is_stopped,
        "enabledHostNames": [host, scm],
        "availabilityState": "Normal",
        "hostNameSslStates": [
            {"name": host, "sslState": "Disabled", "hostType": "Standard"},
            {"name": scm, "sslState": "Disabled", "hostType": "Repository"},
        ],
        "serverFarmId": record.plan,
        "reserved": true,
        "isXenon": false,
        "hyperV": false,
        "lastModifiedTimeUtc": found.modified,
        "sku": tier,
        "defaultHostName": host,
        "resourceGroup": record.id.resource_group(),
        "outboundIpAddresses": "127.0.0.1",
        "possibleOutboundIpAddresses": "127.0.0.1",
        // Of the subscription in Azure; nothing is verified here.
        "customDomainVerificationId": "0".repeat(64),
        "clientAffinityEnabled": true,
        "httpsOnly": false,
        "targetSwapSlot": swapping.map(|swap| swap.target.clone()),
        "slotSwapStatus": last_swap,
    });
    match properties {
        Value::Object(properties) => properties,
        _ => Map::new(),
    }
}

impl Identity {
    /// As it stands in a resource.
    pub(super) fn to_value(&self) -> Value {
        let kind = match (&self.system, self.user.is_empty()) {
            (Some(_), true) => "SystemAssigned",
            (Some(_), false) => "SystemAssigned, UserAssigned",
            (None, _) => "UserAssigned",
        };
        let mut value = json!({"type": kind});
        if let Some(principal) = &self.system {
            value["principalId"] = json!(principal);
            value["tenantId"] = json!(self.tenant_id);
        }
        if !self.user.is_empty() {
            value["userAssignedIdentities"] = json!(self.user);
        }
        value
    }
}
