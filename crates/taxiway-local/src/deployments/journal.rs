//! The record of a deployment and of each of its operations, written as it goes.

use indexmap::IndexMap;
use jiff::Timestamp;
use serde_json::{Value, json};
use taxiway_arm::{DEPLOYMENT_TYPE, Output, Resource, ResourceId};
use uuid::Uuid;

use super::{Plan, shape};
use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response},
    record,
    store::StoreError,
};

const KIND: &str = "deployment-operations";

/// Writes the record of one deployment. One task owns it.
pub(super) struct Journal {
    cloud: Cloud,
    id: ResourceId,
    api_version: String,
    started: Timestamp,
    body: Value,
    operations: Vec<Value>,
}

impl Journal {
    /// Records the deployment as running.
    pub(super) fn begin(cloud: &Cloud, plan: &Plan) -> Result<Self, ArmError> {
        let mut journal = Self {
            cloud: cloud.clone(),
            id: plan.id.clone(),
            api_version: plan.api_version.clone(),
            started: Timestamp::now(),
            body: shape::deployment(plan, shape::properties(plan)),
            operations: Vec::new(),
        };
        journal.body["properties"]["provisioningState"] = json!("Running");
        journal.write_operations()?;
        journal.write()?;
        Ok(journal)
    }

    fn write(&mut self) -> Result<(), ArmError> {
        let now = Timestamp::now();
        self.body["properties"]["timestamp"] = json!(now.to_string());
        self.body["properties"]["duration"] = json!(duration(self.started, now));
        record::save(&self.cloud, &self.id, &self.api_version, self.body.clone())?;
        Ok(())
    }

    fn write_operations(&self) -> Result<(), StoreError> {
        self.cloud
            .store
            .put_document(KIND, self.id.key(), &self.operations)
    }

    /// Records that work on a resource begins; returns the number by which it ends.
    pub(super) fn start_operation(&mut self, resource: &Resource) -> Result<usize, ArmError> {
        let number = self.operations.len();
        let operation_id = Uuid::new_v4().simple().to_string().to_ascii_uppercase();
        self.operations.push(json!({
            "id": format!("{}/operations/{operation_id}", self.id),
            "operationId": operation_id,
            "properties": {
                "provisioningOperation": if resource.existing { "Read" } else { "Create" },
                "provisioningState": "Running",
                "timestamp": Timestamp::now().to_string(),
                "duration": "PT0S",
                "trackingId": Uuid::new_v4().to_string(),
                "targetResource": {
                    "id": resource.id.as_str(),
                    "resourceType": resource.resource_type,
                    "resourceName": resource.id.full_name(),
                },
            },
        }));
        self.write_operations()?;
        Ok(number)
    }

    /// Records how it ended.
    pub(super) fn end_operation(
        &mut self,
        number: usize,
        result: Result<(), &ArmError>,
    ) -> Result<(), ArmError> {
        if let Some(operation) = self.operations.get_mut(number) {
            let properties = &mut operation["properties"];
            let now = Timestamp::now();
            let started = properties["timestamp"]
                .as_str()
                .and_then(|time| time.parse().ok())
                .unwrap_or(now);
            properties["duration"] = json!(duration(started, now));
            properties["timestamp"] = json!(now.to_string());
            match result {
                Ok(()) => {
                    properties["provisioningState"] = json!("Succeeded");
                    properties["statusCode"] = json!("OK");
                }
                Err(error) => {
                    properties["provisioningState"] = json!("Failed");
                    properties["statusCode"] = json!(status_name(error));
                    properties["statusMessage"] = error.to_body();
                }
            }
        }
        self.write_operations()?;
        Ok(())
    }

    /// Records the end: the outputs, or why it failed.
    pub(super) fn finish(
        &mut self,
        result: Result<&IndexMap<String, Output>, &ArmError>,
        output_resources: &[ResourceId],
    ) -> Result<(), ArmError> {
        let properties = &mut self.body["properties"];
        properties["outputResources"] = output_resources
            .iter()
            .map(|id| json!({"id": id.as_str()}))
            .collect();
        match result {
            Ok(outputs) => {
                properties["provisioningState"] = json!("Succeeded");
                properties["outputs"] = shape::outputs(outputs);
            }
            Err(error) => {
                let state = if error.code == "Canceled" {
                    "Canceled"
                } else {
                    "Failed"
                };
                properties["provisioningState"] = json!(state);
                properties["error"] = error.to_detail();
            }
        }
        self.write()
    }
}

fn status_name(error: &ArmError) -> String {
    error
        .status
        .canonical_reason()
        .unwrap_or("Failed")
        .replace(' ', "")
}

/// ISO 8601, to the millisecond: `PT1.204S`.
fn duration(start: Timestamp, end: Timestamp) -> String {
    let milliseconds = end.duration_since(start).as_millis().max(0);
    format!("PT{}.{:03}S", milliseconds / 1000, milliseconds % 1000)
}

fn load(cloud: &Cloud, id: &ResourceId) -> Result<Vec<Value>, ArmError> {
    Ok(cloud.store.document(KIND, id.key())?.unwrap_or_default())
}

/// GET {deployment}/operations, newest first.
pub(super) fn operations(cloud: &Cloud, request: &Request) -> Outcome {
    super::existing(cloud, &request.id)?;
    let mut operations = load(cloud, &request.id)?;
    operations.reverse();
    Ok(Response::list(operations))
}

/// GET {deployment}/operations/{id}.
pub(super) fn operation(cloud: &Cloud, request: &Request) -> Outcome {
    let deployment = request
        .id
        .parent()
        .ok_or_else(|| super::not_found(&request.id))?;
    load(cloud, &deployment)?
        .into_iter()
        .find(|operation| {
            operation["operationId"]
                .as_str()
                .is_some_and(|id| id.eq_ignore_ascii_case(request.id.name()))
        })
        .map(Response::ok)
        .ok_or_else(|| record::not_found(&request.id))
}

pub(super) fn forget(cloud: &Cloud, id: &ResourceId) -> Result<(), StoreError> {
    cloud.store.delete_document(KIND, id.key())?;
    Ok(())
}

/// Records deployments that a stop of the cloud cut off as failed. Called once, at the start.
pub(crate) fn fail_interrupted(cloud: &Cloud) -> Result<(), ArmError> {
    let error = ArmError::conflict(
        "DeploymentInterrupted",
        "The local cloud was stopped while this deployment ran. Values of secure parameters are not kept, so it can't go on by itself: deploy again.",
    );
    for mut deployment in cloud.store.all_of_type(DEPLOYMENT_TYPE)? {
        if deployment.body["properties"]["provisioningState"] != "Running" {
            continue;
        }
        tracing::warn!(deployment = %deployment.id, "a deployment was interrupted");
        deployment.body["properties"]["provisioningState"] = json!("Failed");
        deployment.body["properties"]["error"] = error.to_detail();
        cloud.store.put_resource(&deployment)?;
        let mut operations = load(cloud, &deployment.id)?;
        for operation in &mut operations {
            if operation["properties"]["provisioningState"] == "Running" {
                operation["properties"]["provisioningState"] = json!("Failed");
                operation["properties"]["statusMessage"] = error.to_body();
            }
        }
        cloud
            .store
            .put_document(KIND, deployment.id.key(), &operations)?;
    }
    Ok(())
}
