//! Role assignments, as they stand in the store.

use taxiway_arm::ResourceId;

use super::Condition;
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
    /// As written; empty without one.
    condition: String,
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
            condition: property("condition").to_owned(),
        }
    }

    /// Which of its role's calls it gives: all without a condition, none where the store holds one that can't be read.
    pub(super) fn gives(&self, action: &str, attributes: super::Attributes<'_>) -> bool {
        self.condition.is_empty()
            || Condition::parse(&self.condition)
                .is_ok_and(|condition| condition.holds(action, attributes))
    }
}

/// The assignments of a principal, at all scopes.
pub(super) fn of_principal(
    cloud: &Cloud,
    principal_id: &str,
) -> Result<Vec<Assignment>, StoreError> {
    let mut assignments = all(cloud)?;
    assignments.retain(|assignment| assignment.principal_id.eq_ignore_ascii_case(principal_id));
    Ok(assignments)
}

/// Every assignment of the tenant.
pub(crate) fn all(cloud: &Cloud) -> Result<Vec<Assignment>, StoreError> {
    let assignments = cloud.store.all_of_type(ASSIGNMENT_TYPE)?;
    Ok(assignments.iter().map(Assignment::read).collect())
}
