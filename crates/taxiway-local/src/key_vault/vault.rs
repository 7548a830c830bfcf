//! Vaults. Source: Azure Key Vault documentation, "soft-delete overview", and the resource's schema.

use http::Method;
use serde_json::{Value, json};

use super::{VAULT_TYPE, deleted_vault};
use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response},
    record,
    store::{StoreError, StoredResource},
};

/// The vault with this name, in whatever group it is: names are unique in all of Azure.
pub(super) fn by_name(cloud: &Cloud, name: &str) -> Result<Option<StoredResource>, StoreError> {
    Ok(cloud
        .store
        .all_of_type(VAULT_TYPE)?
        .into_iter()
        .find(|vault| vault.id.name().eq_ignore_ascii_case(name)))
}

/// 404: in Azure its host name would not resolve.
pub(super) fn unknown(name: &str) -> ArmError {
    ArmError::not_found("VaultNotFound", format!("No vault has the name '{name}'."))
}

pub(super) fn list(cloud: &Cloud, request: &Request) -> Outcome {
    let vaults = cloud.store.resources_of_type(&request.id, VAULT_TYPE)?;
    Ok(Response::list(
        vaults.into_iter().map(|vault| vault.body).collect(),
    ))
}

pub(super) fn handle(cloud: &Cloud, request: &Request) -> Outcome {
    match request.method {
        Method::PUT => put(cloud, request, &request.body),
        Method::PATCH => {
            let mut body = cloud
                .store
                .resource(&request.id)?
                .ok_or_else(|| record::not_found(&request.id))?
                .body;
            record::merge(&mut body, &request.body);
            put(cloud, request, &body)
        }
        Method::GET | Method::HEAD => record::answer_get(cloud, request),
        Method::DELETE => match cloud.store.resource(&request.id)? {
            Some(vault) => {
                deleted_vault::soft_delete(cloud, vault)?;
                Ok(Response::done())
            }
            None => Ok(Response::no_content()),
        },
        _ => Err(record::method_not_allowed(request)),
    }
}

fn put(cloud: &Cloud, request: &Request, body: &Value) -> Outcome {
    let existing = cloud.store.resource(&request.id)?;
    let name = request.id.name();
    if existing.is_none() {
        if by_name(cloud, name)?.is_some() {
            return Err(ArmError::conflict(
                "VaultAlreadyExists",
                format!(
                    "The vault name '{name}' is already in use. Vault names are globaly unique so it is possible that the name is already taken."
                ),
            ));
        }
        if let Some(deleted) = deleted_vault::find(cloud, name)? {
            return recover(cloud, request, body, &deleted);
        }
    }
    let properties = completed(cloud, request, body, existing.as_ref())?;
    record::answer_saved(cloud, request, record::shape(&request.id, body, properties))
}

/// A deleted vault of the name comes back where that is asked for, and is in the way otherwise.
fn recover(
    cloud: &Cloud,
    request: &Request,
    body: &Value,
    deleted: &deleted_vault::DeletedVault,
) -> Outcome {
    if !body["properties"]["createMode"]
        .as_str()
        .is_some_and(|mode| mode.eq_ignore_ascii_case("recover"))
    {
        return Err(ArmError::conflict(
            "ConflictError",
            "A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.",
        ));
    }
    if deleted.id != request.id {
        return Err(ArmError::bad_request(
            "BadRequest",
            format!(
                "The deleted vault is '{}' and can only be recovered there.",
                deleted.id
            ),
        ));
    }
    let restored = deleted_vault::restore(cloud, deleted)?;
    Ok(Response::ok(restored))
}

fn bad(message: impl Into<String>) -> ArmError {
    ArmError::bad_request("BadRequest", message)
}

/// The properties as GET answers them, after the rules of the resource.
fn completed(
    cloud: &Cloud,
    request: &Request,
    body: &Value,
    existing: Option<&StoredResource>,
) -> Result<Value, ArmError> {
    let old = existing.map(|vault| &vault.body["properties"]);
    let mut properties = body["properties"].clone();
    if properties["createMode"]
        .as_str()
        .is_some_and(|mode| mode.eq_ignore_ascii_case("recover"))
        && old.is_none()
    {
        return Err(ArmError::not_found(
            "DeletedVaultNotFound",
            format!(
                "There is no deleted vault named '{}' to recover.",
                request.id.name()
            ),
        ));
    }
    check_required(cloud, &properties)?;
    check_soft_delete(&mut properties, old)?;
    check_purge_protection(&mut properties, old)?;
    if properties["enableRbacAuthorization"].is_null() {
        properties["enableRbacAuthorization"] = match old {
            Some(old) => old["enableRbacAuthorization"].clone(),
            // Source: Key Vault documentation, "Azure RBAC as default access control": from 2026-02-01 on.
            None => json!(request.api_version.as_str() >= "2026-02-01"),
        };
    }
    let defaults = [
        ("accessPolicies", json!([])),
        ("enabledForDeployment", json!(false)),
        ("enabledForDiskEncryption", json!(false)),
        ("enabledForTemplateDeployment", json!(false)),
        ("publicNetworkAccess", json!("Enabled")),
    ];
    for (name, value) in defaults {
        if properties[name].is_null() {
            properties[name] = value;
        }
    }
    if let Some(members) = properties.as_object_mut() {
        members.remove("createMode");
    }
    properties["enableSoftDelete"] = json!(true);
    properties["vaultUri"] = json!(cloud.endpoints.vault_uri(request.id.name()));
    properties["provisioningState"] = json!("Succeeded");
    Ok(properties)
}

fn check_required(cloud: &Cloud, properties: &Value) -> Result<(), ArmError> {
    match properties["tenantId"].as_str() {
        None => return Err(bad("The parameter 'properties.tenantId' is required.")),
        Some(tenant) if uuid::Uuid::parse_str(tenant).is_err() => {
            return Err(bad(format!("The tenant id '{tenant}' is not a GUID.")));
        }
        Some(tenant) if !tenant.eq_ignore_ascii_case(cloud.tokens.tenant_id()) => {
            return Err(bad(format!(
                "The tenant '{tenant}' is not the one of the subscription, '{}'.",
                cloud.tokens.tenant_id()
            )));
        }
        Some(_) => {}
    }
    let sku = properties["sku"]["name"].as_str().unwrap_or_default();
    if !["standard", "premium"].contains(&sku.to_ascii_lowercase().as_str()) {
        return Err(bad(format!(
            "The vault SKU '{sku}' is not valid: it is 'standard' or 'premium'."
        )));
    }
    Ok(())
}

fn check_soft_delete(properties: &mut Value, old: Option<&Value>) -> Result<(), ArmError> {
    if properties["enableSoftDelete"] == false {
        return Err(bad(
            "The property \"enableSoftDelete\" can be set to false only for creating new vault. Enabling the 'soft delete' functionality is an irreversible action.",
        ));
    }
    let given = properties["softDeleteRetentionInDays"].as_i64();
    if given.is_some_and(|days| !(7..=90).contains(&days)) {
        return Err(bad(
            "The property \"softDeleteRetentionInDays\" has to be between 7 and 90.",
        ));
    }
    let kept = old.and_then(|old| old["softDeleteRetentionInDays"].as_i64());
    if let (Some(given), Some(kept)) = (given, kept)
        && given != kept
    {
        return Err(bad(
            "The property \"softDeleteRetentionInDays\" has been set already and it can't be modified.",
        ));
    }
    properties["softDeleteRetentionInDays"] = json!(given.or(kept).unwrap_or(90));
    Ok(())
}

fn check_purge_protection(properties: &mut Value, old: Option<&Value>) -> Result<(), ArmError> {
    if properties["enablePurgeProtection"] == false {
        return Err(bad(
            "The property \"enablePurgeProtection\" cannot be set to false. Enabling the purge protection for a vault is an irreversible action.",
        ));
    }
    if old.is_some_and(|old| old["enablePurgeProtection"] == true) {
        properties["enablePurgeProtection"] = json!(true);
    }
    if properties["enablePurgeProtection"].is_null()
        && let Some(members) = properties.as_object_mut()
    {
        members.remove("enablePurgeProtection");
    }
    Ok(())
}

/// PUT {vault}/accessPolicies/{add|replace|remove}.
pub(super) fn put_policies(cloud: &Cloud, request: &Request) -> Outcome {
    let id = request
        .id
        .parent()
        .ok_or_else(|| record::not_found(&request.id))?;
    let mut vault = cloud
        .store
        .resource(&id)?
        .ok_or_else(|| record::not_found(&id))?;
    let given = request.body["properties"]["accessPolicies"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let mut policies: Vec<Value> = vault.body["properties"]["accessPolicies"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let is_given = |policy: &Value| {
        given
            .iter()
            .any(|other| other["objectId"] == policy["objectId"])
    };
    match request.id.name().to_ascii_lowercase().as_str() {
        "add" => {
            policies.retain(|policy| !is_given(policy));
            policies.extend(given);
        }
        "replace" => policies = given,
        "remove" => policies.retain(|policy| !is_given(policy)),
        other => {
            return Err(bad(format!(
                "Access policies can't be changed by '{other}'."
            )));
        }
    }
    vault.body["properties"]["accessPolicies"] = json!(policies);
    record::save(cloud, &id, &request.api_version, vault.body)?;
    Ok(Response::ok(json!({
        "id": request.id.as_str(),
        "type": "Microsoft.KeyVault/vaults/accessPolicies",
        "properties": {"accessPolicies": policies},
    })))
}
