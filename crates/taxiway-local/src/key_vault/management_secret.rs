//! `vaults/secrets` through Resource Manager: how templates write secrets. Values go in and never come out.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use taxiway_arm::ResourceId;

use super::secret::{self, Secret};
use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response},
    record,
    store::StoredResource,
};

pub(super) fn list(cloud: &Cloud, request: &Request) -> Outcome {
    let vault = cloud
        .store
        .resource(&request.id)?
        .ok_or_else(|| record::not_found(&request.id))?;
    let mut items = Vec::new();
    for secret in secret::all(cloud, vault.id.name())? {
        if secret.deletion.is_none()
            && let Ok(id) = vault.id.child("secrets", &secret.name)
        {
            items.push(shape(cloud, &vault, &id, &secret)?);
        }
    }
    Ok(Response::list(items))
}

pub(super) fn handle(cloud: &Cloud, request: &Request) -> Outcome {
    let vault_id = request
        .id
        .parent()
        .ok_or_else(|| record::not_found(&request.id))?;
    let vault = cloud
        .store
        .resource(&vault_id)?
        .ok_or_else(|| record::not_found(&vault_id))?;
    let (vault_name, name) = (vault.id.name(), request.id.name());
    match request.method {
        Method::PUT => {
            let is_new = secret::find(cloud, vault_name, name)?.is_none();
            let secret = secret::set(cloud, vault_name, name, &written(&request.body))?;
            let status = if is_new {
                StatusCode::CREATED
            } else {
                StatusCode::OK
            };
            let body = shape(cloud, &vault, &request.id, &secret)?;
            Ok(Response::new(status, Some(body)))
        }
        Method::PATCH => {
            let mut secret = living(cloud, request, vault_name)?;
            let body = written(&request.body);
            if body["value"].is_string() {
                secret = secret::set(cloud, vault_name, name, &body)?;
            } else {
                secret.version_mut(None)?.update(&body);
                secret::save(cloud, vault_name, &secret)?;
            }
            Ok(Response::ok(shape(cloud, &vault, &request.id, &secret)?))
        }
        Method::GET | Method::HEAD => {
            let secret = living(cloud, request, vault_name)?;
            Ok(Response::ok(shape(cloud, &vault, &request.id, &secret)?))
        }
        _ => Err(record::method_not_allowed(request)),
    }
}

fn living(cloud: &Cloud, request: &Request, vault: &str) -> Result<Secret, ArmError> {
    secret::find(cloud, vault, request.id.name())?
        .filter(|secret| secret.deletion.is_none())
        .ok_or_else(|| record::not_found(&request.id))
}

/// From the form of Resource Manager to that of the data plane.
fn written(body: &Value) -> Value {
    let properties = &body["properties"];
    json!({
        "value": properties["value"],
        "contentType": properties["contentType"],
        "attributes": properties["attributes"],
        "tags": body["tags"],
    })
}

fn shape(
    cloud: &Cloud,
    vault: &StoredResource,
    id: &ResourceId,
    secret: &Secret,
) -> Result<Value, ArmError> {
    let version = secret.version(None)?;
    let address = format!(
        "{}secrets/{}",
        cloud.endpoints.vault_uri(vault.id.name()),
        secret.name
    );
    let bundle = version.bundle(vault, &address);
    Ok(json!({
        "id": id.as_str(),
        "name": id.name(),
        "type": "Microsoft.KeyVault/vaults/secrets",
        "location": vault.body["location"],
        "tags": bundle["tags"],
        "properties": {
            "attributes": version.attributes(),
            "contentType": bundle["contentType"],
            "secretUri": address,
            "secretUriWithVersion": format!("{address}/{}", version.version),
        },
    }))
}
