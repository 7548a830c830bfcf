//! Template deployments of a resource group.
//!
//! Source: Azure REST reference, "Deployments" (2025-04-01).

mod operations;
mod what_if;

use std::time::Duration;

use http::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use crate::{
    audience::Audience,
    client::Azure,
    clock,
    error::Error,
    operation,
    resource_groups::{API_VERSION, ResourceGroupId},
    service_error::ServiceError,
    transport::{Request, read},
};

pub use operations::DeploymentOperation;
pub use what_if::{Change, ChangeKind, PropertyChange, WhatIf};

/// How long all operations of one deployment may take.
const LIMIT: Duration = Duration::from_secs(2 * 60 * 60);

/// Names a deployment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeploymentId {
    /// Its group.
    pub group: ResourceGroupId,
    /// Its name: 1 to 64 letters, digits, `-`, `_`, `.`, `(` and `)`.
    pub name: String,
}

impl DeploymentId {
    /// Names a deployment of a group.
    pub fn new(group: ResourceGroupId, name: impl Into<String>) -> Self {
        Self {
            group,
            name: name.into(),
        }
    }

    /// `/subscriptions/…/providers/Microsoft.Resources/deployments/…`.
    pub fn path(&self) -> String {
        format!(
            "{}/providers/Microsoft.Resources/deployments/{}",
            self.group.path(),
            self.name
        )
    }
}

/// What happens to resources of the group that the template does not mention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// They stay.
    #[default]
    Incremental,
    /// They are deleted.
    Complete,
}

/// A template with its parameters.
#[derive(Clone, Debug)]
pub struct NewDeployment {
    /// The template.
    pub template: Value,
    /// The parameters, each `{"value": …}` or `{"reference": …}`.
    pub parameters: Map<String, Value>,
    /// What happens to the rest of the group.
    pub mode: Mode,
}

impl NewDeployment {
    fn properties(&self) -> Value {
        let mode = match self.mode {
            Mode::Incremental => "Incremental",
            Mode::Complete => "Complete",
        };
        json!({"mode": mode, "template": self.template, "parameters": self.parameters})
    }
}

/// How far a deployment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeploymentState {
    /// Accepted or running.
    Running,
    /// All resources are as the template says.
    Succeeded,
    /// At least one resource failed.
    Failed,
    /// Somebody cancelled it.
    Canceled,
}

/// A deployment as Resource Manager keeps it.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// Its name.
    pub name: String,
    /// How far it is.
    pub state: DeploymentState,
    /// When it last changed.
    pub timestamp: Option<String>,
    /// By this id Azure's logs find it.
    pub correlation_id: Option<String>,
    /// The values of its outputs; secure ones are absent.
    pub outputs: Map<String, Value>,
    /// The ids of its resources.
    pub resources: Vec<String>,
    /// Why it failed.
    pub error: Option<ServiceError>,
}

#[derive(Deserialize)]
struct Wire {
    name: String,
    properties: WireProperties,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireProperties {
    provisioning_state: String,
    timestamp: Option<String>,
    correlation_id: Option<String>,
    outputs: Option<Map<String, Value>>,
    output_resources: Option<Vec<Reference>>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Reference {
    id: String,
}

impl From<Wire> for Deployment {
    fn from(wire: Wire) -> Self {
        let properties = wire.properties;
        let state = match properties.provisioning_state.to_ascii_lowercase().as_str() {
            "succeeded" => DeploymentState::Succeeded,
            "failed" => DeploymentState::Failed,
            "canceled" | "cancelled" => DeploymentState::Canceled,
            _ => DeploymentState::Running,
        };
        let outputs = properties.outputs.unwrap_or_default().into_iter();
        Self {
            name: wire.name,
            state,
            timestamp: properties.timestamp,
            correlation_id: properties.correlation_id,
            outputs: outputs
                .filter_map(|(name, mut output)| Some((name, output.get_mut("value")?.take())))
                .collect(),
            resources: properties
                .output_resources
                .unwrap_or_default()
                .into_iter()
                .map(|resource| resource.id)
                .collect(),
            error: properties
                .error
                .as_ref()
                .and_then(|error| ServiceError::from_value(200, error)),
        }
    }
}

impl Azure {
    /// Reads a deployment, or `None` when there is none of that name.
    ///
    /// # Errors
    /// When the service refuses or can't be reached.
    pub async fn deployment(&self, id: &DeploymentId) -> Result<Option<Deployment>, Error> {
        let path = id.path();
        let Some(value) = self.find(&path, API_VERSION).await? else {
            return Ok(None);
        };
        Ok(Some(Deployment::from(read::<Wire>(value, &path)?)))
    }

    /// Asks Resource Manager whether it would accept the deployment; changes nothing.
    ///
    /// # Errors
    /// What is wrong with it, as [`Error::Service`].
    pub async fn validate_deployment(
        &self,
        id: &DeploymentId,
        new: &NewDeployment,
    ) -> Result<(), Error> {
        let path = format!("{}/validate", id.path());
        let answer = self
            .post(
                &path,
                API_VERSION,
                Some(json!({"properties": new.properties()})),
            )
            .await?;
        match answer
            .get("error")
            .and_then(|error| ServiceError::from_value(400, error))
        {
            Some(error) => Err(Error::Service(Box::new(error))),
            None => Ok(()),
        }
    }

    /// Deploys and waits for the end. `progress` is called for each operation that is new or has a new state.
    ///
    /// A running deployment of the same name is waited for first. When the future is dropped the
    /// deployment goes on; [`Azure::cancel_deployment`] stops it.
    ///
    /// # Errors
    /// The leaf cause of the first failed resource, or the refusal.
    pub async fn deploy(
        &self,
        id: &DeploymentId,
        new: &NewDeployment,
        progress: &(dyn Fn(&DeploymentOperation) + Send + Sync),
    ) -> Result<Deployment, Error> {
        if is_active(self.start_deployment(id, new).await)? {
            // Whatever its result: it is another call's, and ours comes after it.
            self.wait_for_deployment(id, progress).await?;
            self.start_deployment(id, new).await?;
        }
        let deployment = self.wait_for_deployment(id, progress).await?;
        match deployment.state {
            DeploymentState::Succeeded | DeploymentState::Running => Ok(deployment),
            DeploymentState::Failed | DeploymentState::Canceled => {
                Err(self.failure(id, deployment).await)
            }
        }
    }

    /// Begins a deployment and returns at once.
    ///
    /// # Errors
    /// When Resource Manager refuses it; `DeploymentActive` when one of the same name is running.
    pub async fn start_deployment(
        &self,
        id: &DeploymentId,
        new: &NewDeployment,
    ) -> Result<(), Error> {
        let url = self.arm_url(&id.path(), API_VERSION)?;
        let request = Request::new(Method::PUT, url).json(json!({"properties": new.properties()}));
        self.send(&request, Audience::ResourceManager)
            .await?
            .accepted()
            .map(drop)
    }

    /// Waits until a deployment has ended, and returns it.
    ///
    /// # Errors
    /// When it can't be read, or takes more than two hours.
    pub async fn wait_for_deployment(
        &self,
        id: &DeploymentId,
        progress: &(dyn Fn(&DeploymentOperation) + Send + Sync),
    ) -> Result<Deployment, Error> {
        let deadline = Instant::now() + LIMIT;
        let mut watch = operations::Watch::default();
        loop {
            let path = id.path();
            let answer = self.arm(Method::GET, &path, API_VERSION, None).await?;
            let pause = answer
                .retry_after()
                .unwrap_or(pause_for(self))
                .min(operation::LONGEST_PAUSE);
            let deployment = Deployment::from(answer.read::<Wire>()?);
            watch.report(self.deployment_operations(id).await?, progress);
            if deployment.state != DeploymentState::Running {
                return Ok(deployment);
            }
            if Instant::now() > deadline {
                return Err(Error::Unfinished {
                    what: path,
                    limit: LIMIT,
                });
            }
            clock::pause(pause).await;
        }
    }

    /// Stops a running deployment; what it has made stays. One that has ended is left alone.
    ///
    /// # Errors
    /// When the service refuses for another reason.
    pub async fn cancel_deployment(&self, id: &DeploymentId) -> Result<(), Error> {
        let path = format!("{}/cancel", id.path());
        match self.post(&path, API_VERSION, None).await {
            Err(error) if error.is_conflict() => Ok(()),
            other => other.map(drop),
        }
    }

    /// The error of a deployment that did not succeed: that of its first failed operation, if it tells more.
    async fn failure(&self, id: &DeploymentId, deployment: Deployment) -> Error {
        let failed = self
            .deployment_operations(id)
            .await
            .unwrap_or_default()
            .into_iter()
            .filter_map(|operation| operation.error.map(|error| (operation.resource, error)))
            .find(|(_, error)| !error.leaf().message.is_empty());
        let mut error = match (failed, deployment.error) {
            (Some((resource, mut error)), _) => {
                error.target = error.target.or(resource);
                error
            }
            (None, Some(error)) => error,
            (None, None) => {
                let mut error = ServiceError::read(200, b"the deployment did not succeed", "");
                error.code = format!("Deployment{:?}", deployment.state);
                error
            }
        };
        error.call = format!("deployment {}", id.name);
        Error::Service(Box::new(error))
    }
}

/// Deployments announce no pause of their own; the local cloud is faster than Azure.
fn pause_for(azure: &Azure) -> Duration {
    let host = azure
        .endpoints()
        .resource_manager
        .host_str()
        .unwrap_or_default();
    if crate::localhost::is_localhost(host) || host == "127.0.0.1" {
        Duration::from_millis(100)
    } else {
        operation::DEFAULT_PAUSE
    }
}

/// `true` when another deployment of the name is running; other errors stay errors.
fn is_active(started: Result<(), Error>) -> Result<bool, Error> {
    match started {
        Ok(()) => Ok(false),
        Err(error)
            if error.has_code("DeploymentActive")
                || error.has_code("DeploymentActiveAndUneditable") =>
        {
            Ok(true)
        }
        Err(error) => Err(error),
    }
}
