//! Role definitions: the built-in ones, to be read.

use http::Method;
use serde_json::{Value, json};

use crate::{
    access::{ROLES, Role, role_by_guid},
    error::ArmError,
    provider::{Outcome, Request, Response},
};

/// The full id of a role: below the subscription where there is one.
pub(crate) fn definition_id(subscription: Option<&str>, guid: &str) -> String {
    let prefix = subscription
        .map(|subscription| format!("/subscriptions/{subscription}"))
        .unwrap_or_default();
    format!("{prefix}/providers/Microsoft.Authorization/roleDefinitions/{guid}")
}

pub(super) fn handle(request: &Request) -> Outcome {
    let role = role_by_guid(request.id.name());
    match (&request.method, role) {
        (&Method::GET | &Method::HEAD, Some(role)) => Ok(Response::ok(shape(request, role))),
        (&Method::GET | &Method::HEAD, None) => Err(ArmError::not_found(
            "RoleDefinitionDoesNotExist",
            format!(
                "The specified role definition with ID '{}' does not exist.",
                request.id.name()
            ),
        )),
        _ => Err(ArmError::forbidden(
            "CustomRolesNotSupported",
            "The local cloud has the built-in roles only; custom roles can't be made, changed or deleted.",
        )),
    }
}

/// All, or those with `$filter=roleName eq '…'`.
pub(super) fn list(request: &Request) -> Outcome {
    let wanted = request
        .query
        .get("$filter")
        .and_then(|filter| {
            let lower = filter.to_ascii_lowercase();
            let start = lower.find("rolename eq '")? + "rolename eq '".len();
            filter[start..].split_once('\'')
        })
        .map(|(name, _)| name);
    let items = ROLES
        .iter()
        .filter(|role| wanted.is_none_or(|name| role.name.eq_ignore_ascii_case(name)))
        .map(|role| shape(request, role));
    Ok(Response::list(items.collect()))
}

fn shape(request: &Request, role: &Role) -> Value {
    json!({
        "id": definition_id(request.id.subscription(), role.guid),
        "name": role.guid,
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": role.name,
            "type": "BuiltInRole",
            "description": role.name,
            "assignableScopes": ["/"],
            "permissions": [{
                "actions": role.actions,
                "notActions": role.not_actions,
                "dataActions": role.data_actions,
                "notDataActions": [],
            }],
        },
    })
}
