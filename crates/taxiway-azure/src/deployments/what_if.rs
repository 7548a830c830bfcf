//! What a deployment would change, asked of Resource Manager itself.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{DeploymentId, NewDeployment};
use crate::{
    client::Azure, error::Error, resource_groups::API_VERSION, service_error::ServiceError,
    transport::read,
};

/// The answer to "what if".
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct WhatIf {
    /// One entry for each resource of the template and the group.
    #[serde(default)]
    pub changes: Vec<Change>,
}

/// What would happen to one resource.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The resource's id.
    pub resource_id: String,
    /// What would happen.
    #[serde(rename = "changeType")]
    pub kind: ChangeKind,
    /// The resource as it is.
    pub before: Option<Value>,
    /// The resource as it would be.
    pub after: Option<Value>,
    /// The properties that would change.
    #[serde(default)]
    pub delta: Option<Vec<PropertyChange>>,
    /// Why nothing can be said, for [`ChangeKind::Unsupported`].
    pub unsupported_reason: Option<String>,
}

/// What would happen to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum ChangeKind {
    /// It would be created.
    Create,
    /// It would be deleted.
    Delete,
    /// It is not in the template and stays.
    Ignore,
    /// It would be deployed; whether that changes it is unknown.
    Deploy,
    /// Nothing.
    NoChange,
    /// Properties would change.
    Modify,
    /// Nothing can be said.
    Unsupported,
}

/// One property that would change.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PropertyChange {
    /// Its path.
    pub path: String,
    /// `Create`, `Delete`, `Modify`, `Array`, `NoEffect`.
    #[serde(rename = "propertyChangeType")]
    pub kind: String,
    /// The value as it is.
    pub before: Option<Value>,
    /// The value as it would be.
    pub after: Option<Value>,
    /// The changes within an array or object.
    #[serde(default)]
    pub children: Option<Vec<PropertyChange>>,
}

impl Azure {
    /// Asks what a deployment would change; changes nothing.
    ///
    /// # Errors
    /// What is wrong with the template, as [`Error::Service`].
    pub async fn what_if(&self, id: &DeploymentId, new: &NewDeployment) -> Result<WhatIf, Error> {
        let path = format!("{}/whatIf", id.path());
        let mut properties = new.properties();
        properties["whatIfSettings"] = json!({"resultFormat": "FullResourcePayloads"});
        let mut answer = self
            .post(&path, API_VERSION, Some(json!({"properties": properties})))
            .await?;
        if let Some(error) = answer
            .get("error")
            .and_then(|error| ServiceError::from_value(400, error))
        {
            return Err(Error::Service(Box::new(error)));
        }
        read(answer["properties"].take(), &path)
    }
}
