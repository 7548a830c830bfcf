//! Role assignments.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use taxiway_arm::ResourceId;
use uuid::Uuid;

use super::definition_id;
use crate::{
    access::{ASSIGNMENT_TYPE, Assignment, Condition, Role, all_assignments},
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response},
    record,
    store::StoredResource,
};

/// The most of one subscription, and the most bytes of a condition. Source: Azure RBAC documentation, "Azure RBAC limits".
const MAX_ASSIGNMENTS: usize = 4000;
const MAX_CONDITION: usize = 8 * 1024;

pub(super) fn handle(cloud: &Cloud, request: &Request) -> Outcome {
    match request.method {
        Method::PUT => put(cloud, request),
        Method::GET | Method::HEAD => match cloud.store.resource(&request.id)? {
            Some(resource) => Ok(Response::ok(resource.body)),
            None => Err(ArmError::not_found(
                "RoleAssignmentNotFound",
                format!("The role assignment '{}' is not found.", request.id.name()),
            )),
        },
        Method::DELETE => match cloud.store.resource(&request.id)? {
            Some(resource) => {
                cloud.store.delete_resource(&request.id)?;
                Ok(Response::ok(resource.body))
            }
            None => Ok(Response::no_content()),
        },
        _ => Err(record::method_not_allowed(request)),
    }
}

fn put(cloud: &Cloud, request: &Request) -> Outcome {
    let id = &request.id;
    if Uuid::parse_str(id.name()).is_err() {
        return Err(ArmError::bad_request(
            "InvalidRoleAssignmentId",
            format!(
                "The role assignment ID '{}' is not valid. The role assignment ID must be a GUID.",
                id.name()
            ),
        ));
    }
    let properties = &request.body["properties"];
    let role = required(properties, "roleDefinitionId")?;
    let principal_id = required(properties, "principalId")?;
    let guid = role.rsplit('/').next().unwrap_or_default();
    require_role(cloud, guid, &id.scope())?;
    require_condition(properties)?;
    let principal_type = principal_type(cloud, principal_id, &properties["principalType"])?;
    let existing = cloud.store.resource(id)?;
    if let Some(existing) = &existing {
        let old = Assignment::read(existing);
        let is_same = old.principal_id.eq_ignore_ascii_case(principal_id)
            && old.role_guid.eq_ignore_ascii_case(guid);
        if !is_same {
            return Err(ArmError::bad_request(
                "RoleAssignmentUpdateNotPermitted",
                "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
            ));
        }
    } else {
        require_new(cloud, id, principal_id, guid)?;
        require_room(cloud, id)?;
    }
    let body = shape(
        request,
        principal_id,
        guid,
        &principal_type,
        existing.as_ref(),
    );
    record::save(cloud, id, &request.api_version, body.clone())?;
    Ok(Response::new(StatusCode::CREATED, Some(body)))
}

/// The role exists, and the scope is one of those that it can be assigned at.
fn require_role(cloud: &Cloud, guid: &str, scope: &ResourceId) -> Result<(), ArmError> {
    let Some(role) = Role::find(cloud, guid)? else {
        return Err(ArmError::bad_request(
            "RoleDefinitionDoesNotExist",
            format!(
                "The specified role definition with ID '{guid}' does not exist, or the local cloud does not have it."
            ),
        ));
    };
    if role.is_assignable_at(scope) {
        return Ok(());
    }
    Err(ArmError::bad_request(
        "RoleAssignmentScopeNotAssignableToRoleDefinition",
        format!(
            "The role {} is not available for assignment at the requested scope.",
            role.name
        ),
    ))
}

/// A condition is of version 2.0, at most 8 KB long, and one that this cloud can evaluate.
fn require_condition(properties: &Value) -> Result<(), ArmError> {
    let Some(condition) = properties["condition"]
        .as_str()
        .filter(|text| !text.is_empty())
    else {
        return Ok(());
    };
    let refuse = |reason: String| {
        Err(ArmError::bad_request(
            "InvalidRoleAssignmentCondition",
            format!("The condition of the role assignment is not possible: {reason}."),
        ))
    };
    if properties["conditionVersion"] != "2.0" {
        return refuse("its 'conditionVersion' has to be '2.0'".to_owned());
    }
    if condition.len() > MAX_CONDITION {
        return refuse(format!("it is longer than {MAX_CONDITION} bytes"));
    }
    match Condition::parse(condition) {
        Ok(_) => Ok(()),
        Err(error) => refuse(format!("the local cloud can't evaluate it, for {error}")),
    }
}

fn require_room(cloud: &Cloud, id: &ResourceId) -> Result<(), ArmError> {
    let taken = all_assignments(cloud)?
        .iter()
        .filter(|assignment| assignment.scope.subscription() == id.subscription())
        .count();
    if taken < MAX_ASSIGNMENTS {
        return Ok(());
    }
    Err(ArmError::bad_request(
        "RoleAssignmentLimitExceeded",
        "No more role assignments can be created.",
    ))
}

fn required<'a>(properties: &'a Value, name: &str) -> Result<&'a str, ArmError> {
    properties[name]
        .as_str()
        .filter(|value| !value.is_empty())
        .ok_or_else(|| {
            ArmError::bad_request(
                "InvalidRequestContent",
                format!("The request content lacks 'properties.{name}'."),
            )
        })
}

/// The same principal, role and scope under another name is a conflict. Source: ARM documentation, "Troubleshoot Azure RBAC".
fn require_new(
    cloud: &Cloud,
    id: &ResourceId,
    principal_id: &str,
    guid: &str,
) -> Result<(), ArmError> {
    let scope = id.scope();
    let twin = cloud
        .store
        .all_of_type(ASSIGNMENT_TYPE)?
        .into_iter()
        .find(|resource| {
            let assignment = Assignment::read(resource);
            assignment.scope == scope
                && assignment.principal_id.eq_ignore_ascii_case(principal_id)
                && assignment.role_guid.eq_ignore_ascii_case(guid)
        });
    match twin {
        Some(twin) => Err(ArmError::conflict(
            "RoleAssignmentExists",
            format!(
                "The role assignment already exists. The ID of the existing role assignment is {}.",
                twin.id.name().replace('-', "")
            ),
        )),
        None => Ok(()),
    }
}

/// A principal that this cloud does not know is taken only with its type, as Azure takes one that is not replicated yet.
fn principal_type(cloud: &Cloud, principal_id: &str, given: &Value) -> Result<String, ArmError> {
    let known = cloud.tokens.principals().by_object_id(principal_id)?;
    match (known, given.as_str()) {
        (Some(_), None | Some("ServicePrincipal")) => Ok("ServicePrincipal".to_owned()),
        (Some(_), Some(other)) => Err(ArmError::bad_request(
            "UnmatchedPrincipalType",
            format!(
                "The PrincipalId '{principal_id}' has type 'ServicePrincipal' , which is different from specified PrinciaplType '{other}'."
            ),
        )),
        (None, Some(given)) => Ok(given.to_owned()),
        (None, None) => Err(ArmError::bad_request(
            "PrincipalNotFound",
            format!(
                "Principal {principal_id} does not exist in the directory {}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.",
                cloud.tokens.tenant_id()
            ),
        )),
    }
}

fn shape(
    request: &Request,
    principal_id: &str,
    guid: &str,
    principal_type: &str,
    existing: Option<&StoredResource>,
) -> Value {
    let id = existing.map_or(&request.id, |resource| &resource.id);
    let now = jiff::Timestamp::now();
    let created = existing.map_or(now, |resource| resource.created);
    let mut properties = json!({
        "roleDefinitionId": definition_id(id.subscription(), guid),
        "principalId": principal_id,
        "principalType": principal_type,
        "scope": id.scope().as_str(),
        "createdOn": created.to_string(),
        "updatedOn": now.to_string(),
        "createdBy": request.caller.object_id,
        "updatedBy": request.caller.object_id,
    });
    for name in [
        "condition",
        "conditionVersion",
        "description",
        "delegatedManagedIdentityResourceId",
    ] {
        properties[name] = request.body["properties"][name].clone();
    }
    json!({
        "id": id.as_str(),
        "name": id.name(),
        "type": ASSIGNMENT_TYPE,
        "properties": properties,
    })
}

/// Those at, above and below the scope; `$filter` is `atScope()`, `principalId eq '…'` or `assignedTo('…')`.
pub(super) fn list(cloud: &Cloud, request: &Request) -> Outcome {
    let filter = request
        .query
        .get("$filter")
        .map_or("", String::as_str)
        .trim();
    let lower = filter.to_ascii_lowercase();
    let at_scope = lower.contains("atscope()");
    let principal = lower
        .split_once("principalid eq '")
        .or_else(|| lower.split_once("assignedto('"))
        .and_then(|(_, rest)| rest.split_once('\''))
        .map(|(principal, _)| principal.to_owned());
    if !filter.is_empty() && !at_scope && principal.is_none() {
        return Err(ArmError::bad_request(
            "BadRequestFormat",
            format!(
                "The filter '{filter}' is not supported. Supported filters are atScope(), principalId eq '{{value}}' and assignedTo('{{value}}')."
            ),
        ));
    }
    let items = cloud
        .store
        .all_of_type(ASSIGNMENT_TYPE)?
        .into_iter()
        .filter(|resource| {
            let assignment = Assignment::read(resource);
            let above = request.id.is_at_or_below(&assignment.scope);
            let below = assignment.scope.is_at_or_below(&request.id);
            (above || (below && !at_scope))
                && principal
                    .as_ref()
                    .is_none_or(|principal| assignment.principal_id == *principal)
        })
        .map(|resource| resource.body);
    Ok(Response::list(items.collect()))
}
