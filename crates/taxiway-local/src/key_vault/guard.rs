//! Who may do what with the content of a vault.

use serde_json::Value;

use crate::{access, cloud::Cloud, error::ArmError, identity::Caller, store::StoredResource};

/// What a caller wants with secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Get,
    List,
    Set,
    Update,
    Delete,
    GetDeleted,
    Recover,
    Purge,
}

impl Access {
    /// Source: Azure RBAC documentation, "Azure resource provider operations", Microsoft.KeyVault.
    const fn data_action(self) -> &'static str {
        match self {
            Self::Get => "Microsoft.KeyVault/vaults/secrets/getSecret/action",
            Self::List | Self::GetDeleted => {
                "Microsoft.KeyVault/vaults/secrets/readMetadata/action"
            }
            Self::Set => "Microsoft.KeyVault/vaults/secrets/setSecret/action",
            Self::Update => "Microsoft.KeyVault/vaults/secrets/update/action",
            Self::Delete => "Microsoft.KeyVault/vaults/secrets/delete",
            Self::Recover => "Microsoft.KeyVault/vaults/secrets/recover/action",
            Self::Purge => "Microsoft.KeyVault/vaults/secrets/purge/action",
        }
    }

    /// The permission of an access policy.
    const fn policy(self) -> &'static str {
        match self {
            Self::Get | Self::GetDeleted => "get",
            Self::List => "list",
            Self::Set | Self::Update => "set",
            Self::Delete => "delete",
            Self::Recover => "recover",
            Self::Purge => "purge",
        }
    }
}

/// Checks network rules and rights.
///
/// # Errors
/// 403 `Forbidden`; `target` holds the inner code, such as `ForbiddenByRbac`.
pub(super) fn require(
    cloud: &Cloud,
    caller: &Caller,
    vault: &StoredResource,
    access: Access,
    secret: Option<&str>,
) -> Result<(), ArmError> {
    require_network(vault)?;
    let properties = &vault.body["properties"];
    if properties["enableRbacAuthorization"] == true {
        require_role(cloud, caller, vault, access, secret)
    } else {
        require_policy(caller, vault, access)
    }
}

fn forbidden(inner: &str, message: String) -> ArmError {
    ArmError::forbidden("Forbidden", message).with_target(inner)
}

/// Callers of this cloud come from loopback, through no private endpoint.
fn require_network(vault: &StoredResource) -> Result<(), ArmError> {
    let properties = &vault.body["properties"];
    let is = |value: &Value, text: &str| {
        value
            .as_str()
            .is_some_and(|value| value.eq_ignore_ascii_case(text))
    };
    if is(&properties["publicNetworkAccess"], "Disabled") {
        return Err(forbidden(
            "ForbiddenByConnection",
            format!(
                "Public network access is disabled and request is not from a trusted service nor via an approved private link.\r\nVault: {}",
                vault.id.name()
            ),
        ));
    }
    let rules = properties["networkAcls"]["ipRules"].as_array();
    let has_loopback = rules.into_iter().flatten().any(|rule| {
        rule["value"]
            .as_str()
            .is_some_and(|value| value.starts_with("127.0.0."))
    });
    if is(&properties["networkAcls"]["defaultAction"], "Deny") && !has_loopback {
        return Err(forbidden(
            "ForbiddenByFirewall",
            format!(
                "Client address is not authorized and caller is not a trusted service.\r\nClient address: 127.0.0.1\r\nVault: {}",
                vault.id.name()
            ),
        ));
    }
    Ok(())
}

fn require_role(
    cloud: &Cloud,
    caller: &Caller,
    vault: &StoredResource,
    access: Access,
    secret: Option<&str>,
) -> Result<(), ArmError> {
    let scope = secret
        .and_then(|name| vault.id.child("secrets", name).ok())
        .unwrap_or_else(|| vault.id.clone());
    let action = access.data_action();
    if access::allows_data(cloud, caller, action, &scope)? {
        return Ok(());
    }
    Err(forbidden(
        "ForbiddenByRbac",
        format!(
            "Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role definitions were changed recently, please observe propagation time.\r\nCaller: appid={};oid={};iss={}\r\nAction: '{action}'\r\nResource: '{}'\r\nAssignment: (not found)\r\nDenyAssignmentId: null\r\nDecisionReason: null \r\nVault: {};location={}\r\n",
            caller.app_id,
            caller.object_id,
            cloud.tokens.issuer(),
            scope.key(),
            vault.id.name(),
            vault.body["location"].as_str().unwrap_or_default(),
        ),
    ))
}

fn require_policy(caller: &Caller, vault: &StoredResource, access: Access) -> Result<(), ArmError> {
    let permission = access.policy();
    let allows = |policy: &Value| {
        let is_caller = policy["objectId"]
            .as_str()
            .is_some_and(|id| id.eq_ignore_ascii_case(&caller.object_id));
        let permissions = policy["permissions"]["secrets"].as_array();
        is_caller
            && permissions
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .any(|given| {
                    given.eq_ignore_ascii_case(permission)
                        || given.eq_ignore_ascii_case("all") && access != Access::Purge
                })
    };
    let policies = vault.body["properties"]["accessPolicies"].as_array();
    if policies.into_iter().flatten().any(allows) {
        return Ok(());
    }
    Err(forbidden(
        "ForbiddenByPolicy",
        format!(
            "The user, group or application 'appid={};oid={}' does not have secrets {permission} permission on key vault '{}'. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287",
            caller.app_id,
            caller.object_id,
            vault.id.name()
        ),
    ))
}
