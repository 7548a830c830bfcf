//! Key Vault: vaults through Resource Manager, and the secrets in them through their own hosts.
//!
//! Data calls are allowed by data actions of roles (or by access policies, where the vault still uses them), never by a
//! management role. Deleted vaults and secrets stay recoverable until they are purged or their time is over.

mod data_plane;
mod deleted_vault;
mod guard;
mod management_secret;
mod secret;
mod vault;

use http::Method;
use serde_json::json;
use taxiway_arm::ResourceId;

use crate::{
    cloud::Cloud,
    error::ArmError,
    identity::Caller,
    provider::{Outcome, Request, Response, names, rules},
    record,
};

pub(crate) use data_plane::respond;

const VAULT_TYPE: &str = "Microsoft.KeyVault/vaults";

/// A secret's value and version. `Debug` does not show the value.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SecretValue {
    pub value: String,
    pub version: String,
}

impl std::fmt::Debug for SecretValue {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SecretValue")
            .field("value", &"***")
            .field("version", &self.version)
            .finish()
    }
}

/// Reads a secret on behalf of a principal, with the checks of the data plane, as a Key Vault reference of a site does.
///
/// # Errors
/// `VaultNotFound` (404), `Forbidden` (403), `SecretNotFound` (404), `SecretDisabled` (403).
pub(crate) fn read_secret(
    cloud: &Cloud,
    caller: &Caller,
    vault: &str,
    name: &str,
    version: Option<&str>,
) -> Result<SecretValue, ArmError> {
    let vault = vault::by_name(cloud, vault)?.ok_or_else(|| vault::unknown(vault))?;
    guard::require(cloud, caller, &vault, guard::Access::Get, Some(name))?;
    secret::read(cloud, vault.id.name(), name, version)
}

/// Reads a secret for a parameter of a deployment: the vault allows templates, and the caller may deploy with it.
///
/// # Errors
/// In the codes of deployments: `KeyVaultParameterReference…`.
pub(crate) fn read_for_deployment(
    cloud: &Cloud,
    caller: &Caller,
    vault_id: &ResourceId,
    name: &str,
    version: Option<&str>,
) -> Result<SecretValue, ArmError> {
    let vault = cloud.store.resource(vault_id)?.ok_or_else(|| {
        ArmError::bad_request(
            "KeyVaultParameterReferenceNotFound",
            format!("The specified KeyVault '{vault_id}' could not be found."),
        )
    })?;
    crate::access::require(
        cloud,
        caller,
        "Microsoft.KeyVault/vaults/deploy/action",
        vault_id,
    )
    .map_err(|error| {
        ArmError::forbidden(
            "KeyVaultParameterReferenceAuthorizationFailed",
            error.message,
        )
    })?;
    if vault.body["properties"]["enabledForTemplateDeployment"] != true {
        return Err(ArmError::bad_request(
            "KeyVaultParameterReferenceAuthorizationFailed",
            format!("The specified KeyVault '{vault_id}' is not enabled for template deployment."),
        ));
    }
    secret::read(cloud, vault_id.name(), name, version).map_err(|error| {
        ArmError::bad_request(
            "KeyVaultParameterReferenceSecretRetrieveFailed",
            format!(
                "The secret of KeyVault parameter reference cannot be retrieved: {}",
                error.message
            ),
        )
    })
}

/// Answers a call of Resource Manager.
pub(crate) fn handle(cloud: &Cloud, request: &Request) -> Outcome {
    let resource_type = request.id.resource_type().to_ascii_lowercase();
    let action = request.action.as_deref().map(str::to_ascii_lowercase);
    match (&request.method, action.as_deref(), resource_type.as_str()) {
        (&Method::GET, Some("vaults"), _) => vault::list(cloud, request),
        (&Method::GET, Some("deletedvaults"), _) => deleted_vault::list(cloud, request),
        (&Method::GET, Some("managedhsms" | "deletedmanagedhsms"), _) => {
            Ok(Response::list(Vec::new()))
        }
        (&Method::POST, Some("checknameavailability"), _) => check_name(cloud, request),
        (_, None, "microsoft.keyvault/vaults") => vault::handle(cloud, request),
        (&Method::PUT, None, "microsoft.keyvault/vaults/accesspolicies") => {
            vault::put_policies(cloud, request)
        }
        (&Method::GET, None, "microsoft.keyvault/locations/deletedvaults") => {
            deleted_vault::get(cloud, request)
        }
        (&Method::POST, Some("purge"), "microsoft.keyvault/locations/deletedvaults") => {
            deleted_vault::purge(cloud, request)
        }
        (_, None, "microsoft.keyvault/vaults/secrets") => management_secret::handle(cloud, request),
        (&Method::GET, Some("secrets"), "microsoft.keyvault/vaults") => {
            management_secret::list(cloud, request)
        }
        (_, None, other) => Err(rules::unknown_type(other, &request.api_version)),
        (_, Some(_), _) => Err(record::method_not_allowed(request)),
    }
}

fn check_name(cloud: &Cloud, request: &Request) -> Outcome {
    let name = request.body["name"].as_str().unwrap_or_default();
    let answer = if let Some(objection) = names::objection(VAULT_TYPE, name) {
        json!({"nameAvailable": false, "reason": "AccountNameInvalid", "message": objection})
    } else if vault::by_name(cloud, name)?.is_some() || deleted_vault::find(cloud, name)?.is_some()
    {
        json!({
            "nameAvailable": false,
            "reason": "AlreadyExists",
            "message": format!("The vault name '{name}' is already in use."),
        })
    } else {
        json!({"nameAvailable": true})
    };
    Ok(Response::ok(answer))
}
