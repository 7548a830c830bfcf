//! Role-based access control: who may do what, and where.

use taxiway_arm::ResourceId;

use crate::{cloud::Cloud, error::ArmError, identity::Caller};

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
    let _ = (cloud, caller);
    Err(ArmError::forbidden("AuthorizationFailed", format!("{action} {scope}")))
}

/// Whether a role of the caller at `scope` or above allows a data action.
pub(crate) fn allows_data(
    cloud: &Cloud,
    caller: &Caller,
    data_action: &str,
    scope: &ResourceId,
) -> Result<bool, ArmError> {
    let _ = (cloud, caller, data_action, scope);
    Ok(false)
}
