//! Role definitions: the built-in ones, to be read, and the tenant's own.
//!
//! A custom role is one of the tenant, whatever scope it was written at; its assignable scopes say where it can be used.

mod custom;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use taxiway_arm::ResourceId;

use crate::{
    access::{ROLE_TYPE, ROLES, Role, all_assignments, built_in, custom_id},
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response},
    record,
    store::StoredResource,
};

/// The full id of a role: below the subscription where there is one.
pub(crate) fn definition_id(subscription: Option<&str>, guid: &str) -> String {
    let prefix = subscription
        .map(|subscription| format!("/subscriptions/{subscription}"))
        .unwrap_or_default();
    format!("{prefix}/providers/{ROLE_TYPE}/{guid}")
}

pub(super) fn handle(cloud: &Cloud, request: &Request) -> Outcome {
    let guid = request.id.name();
    match request.method {
        Method::GET | Method::HEAD => find(cloud, request)?
            .map(Response::ok)
            .ok_or_else(|| unknown(guid)),
        Method::PUT => {
            require_own(guid)?;
            let id = custom_id(guid).ok_or_else(|| unknown(guid))?;
            let properties = custom::properties(cloud, request)?;
            let existing = cloud.store.resource(&id)?;
            let properties = with_times(request, properties, existing.as_ref());
            let body = json!({"properties": properties});
            record::save(cloud, &id, &request.api_version, body.clone())?;
            let shown = shown(request, guid, &body["properties"]);
            Ok(Response::new(StatusCode::CREATED, Some(shown)))
        }
        Method::DELETE => delete(cloud, request),
        _ => Err(record::method_not_allowed(request)),
    }
}

fn unknown(guid: &str) -> ArmError {
    ArmError::not_found(
        "RoleDefinitionDoesNotExist",
        format!("The specified role definition with ID '{guid}' does not exist."),
    )
}

/// A built-in role is Azure's.
fn require_own(guid: &str) -> Result<(), ArmError> {
    match built_in(guid) {
        None => Ok(()),
        Some(role) => Err(ArmError::forbidden(
            "BuiltInRoleDefinitionNotChangeable",
            format!(
                "The role '{}' is built in: it can't be changed or deleted.",
                role.name
            ),
        )),
    }
}

fn find(cloud: &Cloud, request: &Request) -> Result<Option<Value>, ArmError> {
    let guid = request.id.name();
    if let Some(role) = built_in(guid) {
        return Ok(Some(shown(request, role.guid, &of_built_in(&role.into()))));
    }
    let Some(id) = custom_id(guid) else {
        return Ok(None);
    };
    let stored = cloud.store.resource(&id)?;
    let seen = stored.filter(|stored| is_seen_from(stored, &request.id.scope()));
    Ok(seen.map(|stored| shown(request, guid, &stored.body["properties"])))
}

/// A custom role shows itself where it can be assigned, and above.
fn is_seen_from(stored: &StoredResource, scope: &ResourceId) -> bool {
    let role = Role::read(stored);
    role.is_assignable_at(scope)
        || role
            .assignable_scopes
            .iter()
            .any(|assignable| assignable.is_at_or_below(scope))
}

fn delete(cloud: &Cloud, request: &Request) -> Outcome {
    let guid = request.id.name();
    require_own(guid)?;
    let Some(id) = custom_id(guid) else {
        return Ok(Response::no_content());
    };
    let Some(stored) = cloud.store.resource(&id)? else {
        return Ok(Response::no_content());
    };
    let role = Role::read(&stored);
    custom::require_everywhere(cloud, request, &role.assignable_scopes, "delete")?;
    let is_assigned = all_assignments(cloud)?
        .iter()
        .any(|assignment| assignment.role_guid.eq_ignore_ascii_case(guid));
    if is_assigned {
        return Err(ArmError::bad_request(
            "RoleDefinitionHasAssignments",
            "There are existing role assignments referencing role.",
        ));
    }
    cloud.store.delete_resource(&id)?;
    Ok(Response::ok(shown(
        request,
        guid,
        &stored.body["properties"],
    )))
}

/// All that can be assigned here, or those with `$filter=roleName eq '…'` or `type eq 'CustomRole'`; with `atScopeAndBelow()` also
/// those that can be assigned below.
pub(super) fn list(cloud: &Cloud, request: &Request) -> Outcome {
    let filter = request.query.get("$filter").map_or("", String::as_str);
    let name = quoted_behind(filter, "rolename eq '");
    let kind = quoted_behind(filter, "type eq '");
    let also_below = filter.to_ascii_lowercase().contains("atscopeandbelow()");
    let mut roles: Vec<(String, Value)> = ROLES
        .iter()
        .map(|role| (role.guid.to_owned(), of_built_in(&role.into())))
        .collect();
    for stored in cloud.store.all_of_type(ROLE_TYPE)? {
        let is_here = Role::read(&stored).is_assignable_at(&request.id);
        if is_here || also_below && is_seen_from(&stored, &request.id) {
            roles.push((
                stored.id.name().to_owned(),
                stored.body["properties"].clone(),
            ));
        }
    }
    let is = |value: &Value, wanted: Option<&str>| {
        wanted.is_none_or(|wanted| {
            value
                .as_str()
                .is_some_and(|text| text.eq_ignore_ascii_case(wanted))
        })
    };
    roles.retain(|(_, role)| is(&role["roleName"], name) && is(&role["type"], kind));
    let items = roles
        .iter()
        .map(|(guid, properties)| shown(request, guid, properties));
    Ok(Response::list(items.collect()))
}

/// The text in quotes that follows `start` in a filter, case apart.
fn quoted_behind<'a>(filter: &'a str, start: &str) -> Option<&'a str> {
    let at = filter.to_ascii_lowercase().find(start)? + start.len();
    filter.get(at..)?.split_once('\'').map(|(quoted, _)| quoted)
}

fn of_built_in(role: &Role) -> Value {
    json!({
        "roleName": role.name,
        "type": "BuiltInRole",
        "description": role.name,
        "assignableScopes": ["/"],
        "permissions": role.permissions,
    })
}

fn with_times(
    request: &Request,
    mut properties: Value,
    existing: Option<&StoredResource>,
) -> Value {
    let now = jiff::Timestamp::now();
    let caller = &request.caller.object_id;
    let created_by = existing.map(|stored| stored.body["properties"]["createdBy"].clone());
    properties["createdOn"] = json!(existing.map_or(now, |stored| stored.created).to_string());
    properties["updatedOn"] = json!(now.to_string());
    properties["createdBy"] = created_by.unwrap_or_else(|| json!(caller));
    properties["updatedBy"] = json!(caller);
    properties
}

/// As a call that asks from this scope sees it.
fn shown(request: &Request, guid: &str, properties: &Value) -> Value {
    json!({
        "id": definition_id(request.id.subscription(), guid),
        "name": guid,
        "type": ROLE_TYPE,
        "properties": properties,
    })
}
