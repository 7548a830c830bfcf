//! Subscriptions and the tenant.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use taxiway_arm::{ResourceId, Subscription};

use crate::{
    access,
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response},
    record,
    store::{Store, StoreError},
};

const KIND: &str = "subscription";

#[derive(Serialize, Deserialize)]
struct Record {
    id: String,
    display_name: String,
}

/// The subscription with this id, compared without case.
pub(crate) fn find(cloud: &Cloud, id: &str) -> Result<Option<Subscription>, StoreError> {
    let record: Option<Record> = cloud.store.document(KIND, &id.to_ascii_lowercase())?;
    Ok(record.map(|record| Subscription {
        id: record.id,
        display_name: record.display_name,
    }))
}

/// Makes a subscription known.
pub(crate) fn put(store: &Store, id: &str, display_name: &str) -> Result<(), StoreError> {
    store.put_document(
        KIND,
        &id.to_ascii_lowercase(),
        &Record {
            id: id.to_owned(),
            display_name: display_name.to_owned(),
        },
    )
}

/// Those in which the caller has a role.
pub(super) fn list(cloud: &Cloud, request: &Request) -> Outcome {
    let mut items = Vec::new();
    for (_, record) in cloud.store.documents::<Record>(KIND)? {
        if is_visible(cloud, request, &record.id)? {
            items.push(shape(cloud, &record));
        }
    }
    Ok(Response::list(items))
}

pub(super) fn get(cloud: &Cloud, request: &Request) -> Outcome {
    let record: Record = cloud
        .store
        .document(KIND, &request.id.name().to_ascii_lowercase())?
        .ok_or_else(|| record::not_found(&request.id))?;
    if !is_visible(cloud, request, &record.id)? {
        access::require(
            cloud,
            &request.caller,
            "Microsoft.Resources/subscriptions/read",
            &request.id,
        )?;
    }
    Ok(Response::ok(shape(cloud, &record)))
}

fn is_visible(cloud: &Cloud, request: &Request, id: &str) -> Result<bool, ArmError> {
    let id =
        ResourceId::for_subscription(id).map_err(|error| ArmError::internal(error.to_string()))?;
    access::has_any_role(cloud, &request.caller, &id)
}

fn shape(cloud: &Cloud, record: &Record) -> Value {
    json!({
        "id": format!("/subscriptions/{}", record.id),
        "subscriptionId": record.id,
        "displayName": record.display_name,
        "tenantId": cloud.tokens.tenant_id(),
        "state": "Enabled",
        "subscriptionPolicies": {"spendingLimit": "Off"},
        "authorizationSource": "RoleBased",
    })
}

/// GET /tenants.
pub(super) fn tenants(cloud: &Cloud) -> Response {
    let id = cloud.tokens.tenant_id();
    Response::list(vec![json!({
        "id": format!("/tenants/{id}"),
        "tenantId": id,
        "displayName": "Taxiway local cloud",
        "tenantCategory": "Home",
    })])
}
