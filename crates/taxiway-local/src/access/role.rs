//! A role: built in, or one of the tenant's own.

use serde_json::Value;
use taxiway_arm::ResourceId;

use super::{Permissions, built_in};
use crate::{
    cloud::Cloud,
    store::{StoreError, StoredResource},
};

pub(crate) const ROLE_TYPE: &str = "Microsoft.Authorization/roleDefinitions";

/// A built-in role, as it is written down here.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BuiltIn {
    pub(crate) name: &'static str,
    pub(crate) guid: &'static str,
    pub(crate) actions: &'static [&'static str],
    pub(crate) not_actions: &'static [&'static str],
    pub(crate) data_actions: &'static [&'static str],
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Role {
    pub(crate) guid: String,
    pub(crate) name: String,
    pub(crate) permissions: Vec<Permissions>,
    /// Where it can be assigned; a built-in role everywhere.
    pub(crate) assignable_scopes: Vec<ResourceId>,
}

impl Role {
    /// The role with this GUID.
    pub(crate) fn find(cloud: &Cloud, guid: &str) -> Result<Option<Self>, StoreError> {
        if let Some(built_in) = built_in(guid) {
            return Ok(Some(Self::from(built_in)));
        }
        let Some(id) = custom_id(guid) else {
            return Ok(None);
        };
        Ok(cloud.store.resource(&id)?.map(|stored| Self::read(&stored)))
    }

    /// A custom role, as it stands in the store.
    pub(crate) fn read(stored: &StoredResource) -> Self {
        let properties = &stored.body["properties"];
        let scopes = properties["assignableScopes"].as_array();
        Self {
            guid: stored.id.name().to_owned(),
            name: properties["roleName"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            permissions: serde_json::from_value(properties["permissions"].clone())
                .unwrap_or_default(),
            assignable_scopes: scopes
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .filter_map(|scope| ResourceId::parse(scope).ok())
                .collect(),
        }
    }

    pub(crate) fn allows(&self, action: &str) -> bool {
        self.permissions.iter().any(|one| one.allows(action))
    }

    pub(crate) fn allows_data(&self, action: &str) -> bool {
        self.permissions.iter().any(|one| one.allows_data(action))
    }

    pub(crate) fn is_assignable_at(&self, scope: &ResourceId) -> bool {
        self.assignable_scopes
            .iter()
            .any(|assignable| scope.is_at_or_below(assignable))
    }
}

impl From<&BuiltIn> for Role {
    fn from(role: &BuiltIn) -> Self {
        let owned = |patterns: &[&str]| patterns.iter().map(|&text| text.to_owned()).collect();
        Self {
            guid: role.guid.to_owned(),
            name: role.name.to_owned(),
            permissions: vec![Permissions {
                actions: owned(role.actions),
                not_actions: owned(role.not_actions),
                data_actions: owned(role.data_actions),
                not_data_actions: Vec::new(),
            }],
            assignable_scopes: vec![ResourceId::tenant()],
        }
    }
}

/// Where a custom role stands in the store: it is the tenant's, whatever scope it was written at.
pub(crate) fn custom_id(guid: &str) -> Option<ResourceId> {
    ResourceId::tenant()
        .resource(ROLE_TYPE, &guid.to_ascii_lowercase())
        .ok()
}
