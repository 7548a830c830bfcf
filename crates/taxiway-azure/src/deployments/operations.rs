//! What a deployment is doing, resource by resource, nested deployments included.

use std::{collections::BTreeMap, pin::Pin};

use serde::Deserialize;
use serde_json::Value;

use super::DeploymentId;
use crate::{
    client::Azure,
    error::Error,
    resource_groups::{API_VERSION, ResourceGroupId},
    service_error::ServiceError,
    transport::read,
};

/// How deep nested deployments are followed. Source: ARM templates allow five levels.
const DEEPEST: u8 = 5;

/// One operation of a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeploymentOperation {
    /// The operation's id.
    pub id: String,
    /// `Create`, `Read`, `EvaluateDeploymentOutput` and so on.
    pub kind: String,
    /// `Running`, `Succeeded`, `Failed`.
    pub state: String,
    /// The resource's id.
    pub resource: Option<String>,
    /// The resource's type.
    pub resource_type: Option<String>,
    /// The resource's name.
    pub resource_name: Option<String>,
    /// How long it took, as an ISO 8601 duration.
    pub duration: Option<String>,
    /// Why it failed.
    pub error: Option<ServiceError>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    operation_id: Option<String>,
    #[serde(default)]
    id: String,
    properties: WireProperties,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireProperties {
    #[serde(default)]
    provisioning_operation: String,
    provisioning_state: String,
    duration: Option<String>,
    status_message: Option<Value>,
    target_resource: Option<WireTarget>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireTarget {
    id: Option<String>,
    resource_type: Option<String>,
    resource_name: Option<String>,
}

impl From<Wire> for DeploymentOperation {
    fn from(wire: Wire) -> Self {
        let properties = wire.properties;
        let failed = properties.provisioning_state.eq_ignore_ascii_case("failed");
        let error = properties
            .status_message
            .as_ref()
            .filter(|_| failed)
            .and_then(|message| ServiceError::from_value(200, message));
        let target = properties.target_resource;
        let (resource, resource_type, resource_name) = target
            .map_or((None, None, None), |target| {
                (target.id, target.resource_type, target.resource_name)
            });
        Self {
            id: wire.operation_id.unwrap_or(wire.id),
            kind: properties.provisioning_operation,
            state: properties.provisioning_state,
            resource,
            resource_type,
            resource_name,
            duration: properties.duration,
            error,
        }
    }
}

impl DeploymentOperation {
    /// The deployment that this operation stands for, if it is a nested one.
    fn nested(&self) -> Option<DeploymentId> {
        if !self
            .resource_type
            .as_deref()?
            .eq_ignore_ascii_case("Microsoft.Resources/deployments")
        {
            return None;
        }
        let parts: Vec<&str> = self.resource.as_deref()?.split('/').collect();
        let after = |key: &str| {
            let position = parts
                .iter()
                .position(|part| part.eq_ignore_ascii_case(key))?;
            parts.get(position + 1).copied()
        };
        let group = ResourceGroupId::new(after("subscriptions")?, after("resourceGroups")?);
        Some(DeploymentId::new(group, after("deployments")?))
    }
}

impl Azure {
    /// The operations of a deployment and of the deployments within it.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn deployment_operations(
        &self,
        id: &DeploymentId,
    ) -> Result<Vec<DeploymentOperation>, Error> {
        self.operations_down_to(id.clone(), DEEPEST).await
    }

    fn operations_down_to(
        &self,
        id: DeploymentId,
        levels: u8,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<DeploymentOperation>, Error>> + Send + '_>> {
        Box::pin(async move {
            let path = format!("{}/deployments/{}/operations", id.group.path(), id.name);
            let mut operations = Vec::new();
            for item in self.list(&path, API_VERSION).await? {
                let operation = DeploymentOperation::from(read::<Wire>(item, &path)?);
                let nested = operation.nested().filter(|_| levels > 1);
                operations.push(operation);
                if let Some(nested) = nested {
                    match self.operations_down_to(nested, levels - 1).await {
                        Ok(inner) => operations.extend(inner),
                        // It is announced before it exists.
                        Err(error) if error.is_not_found() => {}
                        Err(error) => return Err(error),
                    }
                }
            }
            // A failed inner operation tells more than the outer one that failed because of it.
            operations.sort_by_key(|operation| operation.nested().is_some());
            Ok(operations)
        })
    }
}

/// Reports each operation once per state.
#[derive(Debug, Default)]
pub(super) struct Watch {
    states: BTreeMap<String, String>,
}

impl Watch {
    pub(super) fn report(
        &mut self,
        operations: Vec<DeploymentOperation>,
        progress: &(dyn Fn(&DeploymentOperation) + Send + Sync),
    ) {
        for operation in operations {
            let before = self
                .states
                .insert(operation.id.clone(), operation.state.clone());
            if before.as_ref() != Some(&operation.state) {
                progress(&operation);
            }
        }
    }
}
