//! What a custom role may say.
//!
//! Which operations Azure's providers have is not known here: an action has to have the form of one, no more.

use serde_json::{Value, json};
use taxiway_arm::ResourceId;
use uuid::Uuid;

use crate::{
    access::{self, Permissions, ROLE_TYPE, ROLES, Role},
    cloud::Cloud,
    error::ArmError,
    provider::{Request, rules},
};

/// Source: Azure documentation, "Azure subscription and service limits", Azure RBAC limits.
const MAX_ROLES: usize = 5000;
const MAX_NAME: usize = 512;
const MAX_DESCRIPTION: usize = 2048;
const MAX_SCOPES: usize = 2000;

/// The properties of the role that a PUT describes, as they are kept.
///
/// # Errors
/// 400, 403 or 409 for what Azure refuses too.
pub(super) fn properties(cloud: &Cloud, request: &Request) -> Result<Value, ArmError> {
    let guid = request.id.name();
    if Uuid::parse_str(guid).is_err() {
        return Err(ArmError::bad_request(
            "InvalidRoleDefinitionId",
            format!(
                "The role definition ID '{guid}' is not valid. The role definition ID must be a GUID."
            ),
        ));
    }
    let given = &request.body["properties"];
    let kind = given["type"].as_str().unwrap_or("CustomRole");
    if !kind.eq_ignore_ascii_case("CustomRole") {
        return Err(invalid("'properties.type' has to be 'CustomRole'"));
    }
    let name = text(given, "roleName", MAX_NAME)?;
    if name.is_empty() {
        return Err(invalid("'properties.roleName' is required"));
    }
    let description = text(given, "description", MAX_DESCRIPTION)?;
    let permissions = permissions(&given["permissions"])?;
    let scopes = assignable_scopes(cloud, &given["assignableScopes"])?;
    require_everywhere(cloud, request, &scopes, "write")?;
    require_free(cloud, guid, name)?;
    let scopes: Vec<&str> = scopes.iter().map(ResourceId::as_str).collect();
    Ok(json!({
        "roleName": name,
        "type": "CustomRole",
        "description": description,
        "assignableScopes": scopes,
        "permissions": permissions,
    }))
}

fn invalid(what: &str) -> ArmError {
    ArmError::bad_request(
        "InvalidRoleDefinition",
        format!("The role definition is not valid: {what}."),
    )
}

fn text<'a>(given: &'a Value, name: &str, most: usize) -> Result<&'a str, ArmError> {
    let text = given[name].as_str().unwrap_or_default();
    if text.chars().count() > most {
        return Err(invalid(&format!(
            "'properties.{name}' is longer than {most} characters"
        )));
    }
    Ok(text)
}

fn permissions(given: &Value) -> Result<Vec<Permissions>, ArmError> {
    let permissions: Vec<Permissions> = serde_json::from_value(given.clone())
        .map_err(|error| invalid(&format!("'properties.permissions' can't be read: {error}")))?;
    if permissions.is_empty() {
        return Err(invalid("'properties.permissions' is empty"));
    }
    for permission in &permissions {
        let management = permission.actions.iter().chain(&permission.not_actions);
        require_forms(management, "InvalidActionOrNotAction")?;
        let data = permission
            .data_actions
            .iter()
            .chain(&permission.not_data_actions);
        require_forms(data, "InvalidDataActionOrNotDataAction")?;
    }
    Ok(permissions)
}

fn require_forms<'a>(
    mut patterns: impl Iterator<Item = &'a String>,
    code: &str,
) -> Result<(), ArmError> {
    match patterns.find(|pattern| !has_form(pattern)) {
        None => Ok(()),
        Some(pattern) => Err(ArmError::bad_request(
            code,
            format!("'{pattern}' does not match any of the actions supported by the providers."),
        )),
    }
}

/// A star, or `Namespace/type/verb` in which a star may stand for any part.
fn has_form(pattern: &str) -> bool {
    let Some((_, verb)) = pattern.rsplit_once('/') else {
        return pattern == "*";
    };
    let is_verb = ["read", "write", "delete", "action"]
        .iter()
        .any(|known| verb.eq_ignore_ascii_case(known));
    let is_plain = |text: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|character| character.is_ascii_alphanumeric() || "./*-_$".contains(character))
    };
    (is_verb || verb.contains('*')) && is_plain(pattern) && !pattern.contains("//")
}

/// Subscriptions and resource groups, each once.
fn assignable_scopes(cloud: &Cloud, given: &Value) -> Result<Vec<ResourceId>, ArmError> {
    let given = given.as_array().map(Vec::as_slice).unwrap_or_default();
    if given.is_empty() {
        return Err(invalid("'properties.assignableScopes' is empty"));
    }
    if given.len() > MAX_SCOPES {
        return Err(invalid(&format!(
            "it has more than {MAX_SCOPES} assignable scopes"
        )));
    }
    let mut scopes = Vec::new();
    for scope in given {
        let written = scope.as_str().unwrap_or_default();
        let refuse = |reason: &str| {
            invalid(&format!(
                "the assignable scope '{written}' is not possible: {reason}"
            ))
        };
        let id = ResourceId::parse(written.trim_end_matches('/'))
            .map_err(|_| refuse("it is no resource id"))?;
        if !id.is_scope() || id.subscription().is_none() || written.contains('*') {
            return Err(refuse(
                "it is no subscription and no resource group; the local cloud has no management groups",
            ));
        }
        rules::require_subscription(cloud, &id)?;
        if !scopes.contains(&id) {
            scopes.push(id);
        }
    }
    Ok(scopes)
}

/// Who writes or deletes a role may do so at each of its assignable scopes.
///
/// # Errors
/// 403 `LinkedAuthorizationFailed` for the first where the caller may not.
pub(super) fn require_everywhere(
    cloud: &Cloud,
    request: &Request,
    scopes: &[ResourceId],
    verb: &str,
) -> Result<(), ArmError> {
    let action = format!("{ROLE_TYPE}/{verb}");
    let caller = &request.caller;
    for scope in scopes {
        access::require(cloud, caller, &action, scope).map_err(|_| {
            ArmError::forbidden(
                "LinkedAuthorizationFailed",
                format!(
                    "The client '{}' with object id '{}' has permission to perform action '{action}' on scope '{}'; however, it does not have permission to perform action '{action}' on the linked scope(s) '{scope}' or the linked scope(s) are invalid.",
                    caller.app_id, caller.object_id, request.id
                ),
            )
        })?;
    }
    Ok(())
}

/// The name is nobody else's in the tenant, and there is room for a new role.
fn require_free(cloud: &Cloud, guid: &str, name: &str) -> Result<(), ArmError> {
    let others: Vec<Role> = cloud
        .store
        .all_of_type(ROLE_TYPE)?
        .iter()
        .filter(|stored| !stored.id.name().eq_ignore_ascii_case(guid))
        .map(Role::read)
        .collect();
    let is_taken = ROLES
        .iter()
        .any(|role| role.name.eq_ignore_ascii_case(name))
        || others
            .iter()
            .any(|role| role.name.eq_ignore_ascii_case(name));
    if is_taken {
        return Err(ArmError::conflict(
            "RoleDefinitionWithSameNameExists",
            format!(
                "A custom role with the same name '{name}' already exists in this directory. Use a different name."
            ),
        ));
    }
    if others.len() >= MAX_ROLES {
        return Err(ArmError::bad_request(
            "RoleDefinitionLimitExceeded",
            "The role definition limit exceeded. No more role definitions can be created.",
        ));
    }
    Ok(())
}
