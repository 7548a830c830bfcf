//! What Azure adds to monitoring records.

use serde_json::{Value, json};
use taxiway_arm::ResourceId;
use uuid::Uuid;

use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Response},
    record,
};

/// Adds keys and ids; those that the record has keep their values.
pub(super) fn complete(
    cloud: &Cloud,
    id: &ResourceId,
    properties: &mut Value,
    existing: Option<&Value>,
) -> Result<(), ArmError> {
    properties["provisioningState"] = json!("Succeeded");
    if id.is_type("Microsoft.Insights/components") {
        component(cloud, id, properties, existing)?;
    } else if id.is_type("Microsoft.OperationalInsights/workspaces") {
        workspace(properties, existing)?;
    }
    Ok(())
}

fn kept_or_new(existing: Option<&Value>, name: &str) -> String {
    existing
        .and_then(|properties| properties[name].as_str())
        .map_or_else(|| Uuid::new_v4().to_string(), str::to_owned)
}

/// Source: Azure Monitor documentation, "Connection strings in Application Insights".
fn component(
    cloud: &Cloud,
    id: &ResourceId,
    properties: &mut Value,
    existing: Option<&Value>,
) -> Result<(), ArmError> {
    if properties["Application_Type"].as_str().is_none() {
        return Err(ArmError::bad_request(
            "BadRequest",
            "'properties.Application_Type' is required.",
        ));
    }
    let workspace = properties["WorkspaceResourceId"].as_str();
    if let Some(workspace) = workspace {
        let workspace = ResourceId::parse(workspace)
            .map_err(|error| ArmError::bad_request("BadRequest", error.to_string()))?;
        if cloud.store.resource(&workspace)?.is_none() {
            return Err(ArmError::bad_request(
                "BadRequest",
                format!("The workspace '{workspace}' does not exist."),
            ));
        }
    }
    let key = kept_or_new(existing, "InstrumentationKey");
    let application = kept_or_new(existing, "AppId");
    let ingestion = cloud.endpoints.ingestion();
    properties["ConnectionString"] = json!(format!(
        "InstrumentationKey={key};IngestionEndpoint={ingestion};LiveEndpoint={ingestion};ApplicationId={application}"
    ));
    properties["InstrumentationKey"] = json!(key);
    properties["AppId"] = json!(application);
    properties["ApplicationId"] = json!(id.name());
    properties["TenantId"] = json!(id.subscription());
    properties["Name"] = json!(id.name());
    if properties["IngestionMode"].is_null() {
        properties["IngestionMode"] = json!("LogAnalytics");
    }
    Ok(())
}

fn workspace(properties: &mut Value, existing: Option<&Value>) -> Result<(), ArmError> {
    let retention = properties["retentionInDays"].as_i64();
    if retention.is_some_and(|days| days != 7 && !(30..=730).contains(&days)) {
        return Err(ArmError::bad_request(
            "InvalidParameter",
            "'properties.RetentionInDays' has to be between 30 and 730 (or 7 in the free tier).",
        ));
    }
    properties["customerId"] = json!(kept_or_new(existing, "customerId"));
    let defaults = [
        ("retentionInDays", json!(30)),
        ("sku", json!({"name": "PerGB2018"})),
        ("publicNetworkAccessForIngestion", json!("Enabled")),
        ("publicNetworkAccessForQuery", json!("Enabled")),
        ("workspaceCapping", json!({"dailyQuotaGb": -1.0})),
    ];
    for (name, value) in defaults {
        if properties[name].is_null() {
            properties[name] = value;
        }
    }
    Ok(())
}

/// POST {workspace}/sharedKeys: keys that follow from the workspace's own id, so that they stay the same.
pub(super) fn shared_keys(cloud: &Cloud, id: &ResourceId) -> Outcome {
    let workspace = cloud
        .store
        .resource(id)?
        .ok_or_else(|| record::not_found(id))?;
    let customer = workspace.body["properties"]["customerId"]
        .as_str()
        .unwrap_or_default();
    let key = |number: &str| {
        use base64::Engine;
        use sha2::Digest;
        let seed = cloud
            .tokens
            .derive_secret(&format!("workspace {customer} {number}"));
        base64::engine::general_purpose::STANDARD.encode(sha2::Sha512::digest(seed.as_bytes()))
    };
    Ok(Response::ok(json!({
        "primarySharedKey": key("primary"),
        "secondarySharedKey": key("secondary"),
    })))
}
