//! Role-based access control: who may do what, and where.
//!
//! A role assignment gives its principal the role's actions at its scope and everything below, where its condition holds. The sum
//! of all assignments counts; there is no refusal by role. Source: Azure RBAC documentation, "What is Azure RBAC".

mod assignment;
mod built_in;
mod condition;
mod permissions;
mod role;

use taxiway_arm::ResourceId;

pub(crate) use assignment::{ASSIGNMENT_TYPE, Assignment, all as all_assignments};
pub(crate) use built_in::{ROLES, built_in};
pub(crate) use condition::{Attributes, Condition};
pub(crate) use permissions::Permissions;
pub(crate) use role::{ROLE_TYPE, Role, custom_id};

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
    require_with(cloud, caller, action, scope, Attributes::None)
}

/// The same for a call whose attributes the condition of an assignment may judge.
///
/// # Errors
/// 403 `AuthorizationFailed` in Azure's words.
pub(crate) fn require_with(
    cloud: &Cloud,
    caller: &Caller,
    action: &str,
    scope: &ResourceId,
    attributes: Attributes<'_>,
) -> Result<(), ArmError> {
    let grants = grants_at(cloud, caller, scope)?;
    let allows = |(assignment, role): &(Assignment, Role)| {
        role.allows(action) && assignment.gives(action, attributes)
    };
    if grants.iter().any(allows) {
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
    let grants = grants_at(cloud, caller, scope)?;
    Ok(grants.iter().any(|(assignment, role)| {
        role.allows_data(data_action) && assignment.gives(data_action, Attributes::None)
    }))
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
) -> Result<Vec<Role>, ArmError> {
    let grants = grants_at(cloud, caller, scope)?;
    Ok(grants.into_iter().map(|(_, role)| role).collect())
}

/// The assignments of the caller that reach `scope`, each with its role.
fn grants_at(
    cloud: &Cloud,
    caller: &Caller,
    scope: &ResourceId,
) -> Result<Vec<(Assignment, Role)>, ArmError> {
    let mut grants = Vec::new();
    for assignment in assignment::of_principal(cloud, &caller.object_id)? {
        if scope.is_at_or_below(&assignment.scope)
            && let Some(role) = Role::find(cloud, &assignment.role_guid)?
        {
            grants.push((assignment, role));
        }
    }
    Ok(grants)
}
