//! Role-based access control: who may do what, and where.
//!
//! A role assignment gives its principal the role's actions at its scope and everything below. The sum of all assignments
//! counts; there is no refusal by role. Source: Azure RBAC documentation, "What is Azure RBAC".

mod assignment;
mod role;
mod roles;

use taxiway_arm::ResourceId;

pub(crate) use assignment::{ASSIGNMENT_TYPE, Assignment};
pub(crate) use role::Role;
pub(crate) use roles::{ROLES, role_by_guid};

use crate::{cloud::Cloud, error::ArmError, identity::Caller};

/// The GUID of the role Owner.
pub(crate) const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

/// Checks that a role of the caller at `scope` or above allows a management action such as `Microsoft.Web/sites/write`.
///
/// # Errors
/// 403 `AuthorizationFailed` in Azure's words.
pub(crate) fn require(
    cloud: &Cloud,
    caller: &Caller,
    action: &str,
    scope: &ResourceId,
) -> Result<(), ArmError> {
    let roles = roles_at(cloud, caller, scope)?;
    if roles.iter().any(|role| role.allows(action)) {
        return Ok(());
    }
    Err(ArmError::forbidden(
        "AuthorizationFailed",
        format!(
            "The client '{}' with object id '{}' does not have authorization to perform action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.",
            caller.app_id, caller.object_id
        ),
    ))
}

/// Whether a role of the caller at `scope` or above allows a data action.
pub(crate) fn allows_data(
    cloud: &Cloud,
    caller: &Caller,
    data_action: &str,
    scope: &ResourceId,
) -> Result<bool, ArmError> {
    let roles = roles_at(cloud, caller, scope)?;
    Ok(roles.iter().any(|role| role.allows_data(data_action)))
}

/// Whether the caller has any role at or below the scope: what makes a subscription show up in its list.
pub(crate) fn has_any_role(
    cloud: &Cloud,
    caller: &Caller,
    scope: &ResourceId,
) -> Result<bool, ArmError> {
    let assignments = assignment::of_principal(cloud, &caller.object_id)?;
    Ok(assignments.iter().any(|assignment| {
        assignment.scope.is_at_or_below(scope) || scope.is_at_or_below(&assignment.scope)
    }))
}

/// The roles of the caller that reach `scope`.
pub(crate) fn roles_at(
    cloud: &Cloud,
    caller: &Caller,
    scope: &ResourceId,
) -> Result<Vec<&'static Role>, ArmError> {
    let assignments = assignment::of_principal(cloud, &caller.object_id)?;
    Ok(assignments
        .iter()
        .filter(|assignment| scope.is_at_or_below(&assignment.scope))
        .filter_map(|assignment| role_by_guid(&assignment.role_guid))
        .collect())
}
