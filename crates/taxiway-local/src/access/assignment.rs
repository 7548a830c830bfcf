//! Role assignments, as they stand in the store.

use taxiway_arm::ResourceId;

use crate::{
    cloud::Cloud,
    store::{StoreError, StoredResource},
};

pub(crate) const ASSIGNMENT_TYPE: &str = "Microsoft.Authorization/roleAssignments";

/// What matters of a role assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    pub(crate) scope: ResourceId,
    pub(crate) principal_id: String,
    pub(crate) role_guid: String,
}

impl Assignment {
    pub(crate) fn read(resource: &StoredResource) -> Self {
        let property = |name: &str| {
            resource.body["properties"][name]
                .as_str()
                .unwrap_or_default()
        };
        Self {
            scope: resource.id.scope(),
            principal_id: property("principalId").to_ascii_lowercase(),
            role_guid: property("roleDefinitionId")
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase(),
        }
    }
}

/// The assignments of a principal, at all scopes.
pub(super) fn of_principal(
    cloud: &Cloud,
    principal_id: &str,
) -> Result<Vec<Assignment>, StoreError> {
    let assignments = cloud.store.all_of_type(ASSIGNMENT_TYPE)?;
    Ok(assignments
        .iter()
        .map(Assignment::read)
        .filter(|assignment| assignment.principal_id.eq_ignore_ascii_case(principal_id))
        .collect())
}
