//! Brings the infrastructure of an environment to what its template says.
//!
//! One Resource Manager deployment into the environment's group. What was deployed last is remembered as a fingerprint in a
//! tag of the group, in the cloud itself, so that whoever comes next from whichever machine knows that nothing changed.
//! The tag is taken away before a deployment starts and set when it has succeeded: a half-made one is never taken for done.

mod parameters;

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use taxiway_azure::{
    Azure, DeploymentId, DeploymentOperation, DeploymentState, Error, NewDeployment,
    ResourceGroupId,
};

pub use parameters::{SecretParameter, SecretValue};

/// The tag of the group that holds the fingerprint.
const FINGERPRINT_TAG: &str = "taxiway-infrastructure";

/// The deployment's name: one at a time, and Azure refuses a second one that runs.
const DEPLOYMENT: &str = "taxiway";

/// What an environment should consist of.
#[derive(Clone, Debug)]
pub struct Infrastructure {
    /// The group that holds it.
    pub group: ResourceGroupId,
    /// The group's region.
    pub location: String,
    /// The group's tags.
    pub tags: BTreeMap<String, String>,
    /// The compiled template.
    pub template: Value,
    /// Its parameters without secrets, each `{"value": …}`.
    pub parameters: Map<String, Value>,
    /// Its secure parameters.
    pub secrets: Vec<SecretParameter>,
}

/// What provisioning came to.
#[derive(Clone, Debug)]
pub struct Provisioned {
    /// The outputs of the template, by name.
    pub outputs: Map<String, Value>,
    /// Whether a deployment was needed.
    pub is_changed: bool,
    /// How many resources the deployment holds.
    pub resources: usize,
}

/// Why the infrastructure is not what its template says.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    /// The cloud refused or failed.
    #[error("the deployment did not succeed")]
    Azure(#[from] Error),
    /// A secret that a person has to give was not given.
    #[error("the secret parameter `{parameter}` has no value yet")]
    MissingSecret {
        /// The parameter of `main.bicep`.
        parameter: String,
        /// The variable to set where `taxiway` runs.
        variable: String,
    },
}

/// What the last deployment of an environment gave, if there was one that succeeded.
///
/// # Errors
/// [`ProvisionError::Azure`] when the cloud cannot be asked.
pub async fn deployed(
    azure: &Azure,
    group: &ResourceGroupId,
) -> Result<Option<Provisioned>, ProvisionError> {
    let deployment = azure
        .deployment(&DeploymentId::new(group.clone(), DEPLOYMENT))
        .await?;
    Ok(deployment
        .filter(|deployment| deployment.state == DeploymentState::Succeeded)
        .map(|deployment| Provisioned {
            outputs: deployment.outputs,
            is_changed: false,
            resources: deployment.resources.len(),
        }))
}

impl Infrastructure {
    /// A digest of the template and of its parameters; secrets are not in it.
    pub fn fingerprint(&self) -> String {
        let mut digest = Sha256::new();
        for part in [&self.template, &Value::Object(self.parameters.clone())] {
            digest.update(part.to_string().as_bytes());
            digest.update([0]);
        }
        digest
            .finalize()
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// What is deployed, if that is exactly this infrastructure.
    ///
    /// # Errors
    /// [`ProvisionError::Azure`] when the cloud cannot be asked.
    pub async fn current(&self, azure: &Azure) -> Result<Option<Provisioned>, ProvisionError> {
        let Some(group) = azure.resource_group(&self.group).await? else {
            return Ok(None);
        };
        let tags = group.tags;
        if tags.get(FINGERPRINT_TAG) != Some(&self.fingerprint()) {
            return Ok(None);
        }
        deployed(azure, &self.group).await
    }

    /// Deploys it, unless it is deployed. `progress` hears of each resource as it comes.
    ///
    /// # Errors
    /// [`ProvisionError`]; what was made by then stays, and the same call goes on from there.
    pub async fn provision(
        &self,
        azure: &Azure,
        progress: &(dyn Fn(&DeploymentOperation) + Send + Sync),
    ) -> Result<Provisioned, ProvisionError> {
        match self.current(azure).await? {
            Some(current) => Ok(current),
            None => self.provision_again(azure, progress).await,
        }
    }

    /// Deploys it, whether it is deployed or not: what was changed by hand is as the template says again, as far as that says it.
    ///
    /// # Errors
    /// As [`Infrastructure::provision`].
    pub async fn provision_again(
        &self,
        azure: &Azure,
        progress: &(dyn Fn(&DeploymentOperation) + Send + Sync),
    ) -> Result<Provisioned, ProvisionError> {
        azure
            .put_resource_group(&self.group, &self.location, &self.tags)
            .await?;
        let mut parameters = self.parameters.clone();
        parameters.extend(parameters::supply(azure, &self.group, &self.secrets).await?);
        let new = NewDeployment {
            template: self.template.clone(),
            parameters,
            mode: taxiway_azure::Mode::Incremental,
        };
        let deployment = azure.deploy(&self.deployment(), &new, progress).await?;
        let mut tags = self.tags.clone();
        tags.insert(FINGERPRINT_TAG.to_owned(), self.fingerprint());
        azure
            .put_resource_group(&self.group, &self.location, &tags)
            .await?;
        Ok(Provisioned {
            outputs: deployment.outputs,
            is_changed: true,
            resources: deployment.resources.len(),
        })
    }

    fn deployment(&self) -> DeploymentId {
        DeploymentId::new(self.group.clone(), DEPLOYMENT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn infrastructure(template: Value, parameters: Value) -> Infrastructure {
        Infrastructure {
            group: ResourceGroupId::new("s", "g"),
            location: "swedencentral".into(),
            tags: BTreeMap::new(),
            template,
            parameters: parameters.as_object().unwrap().clone(),
            secrets: vec![SecretParameter {
                parameter: "databasePassword".into(),
                name: "database-password".into(),
                value: SecretValue::Generated { length: 32 },
            }],
        }
    }

    #[test]
    fn the_fingerprint_follows_template_and_parameters() {
        let first = infrastructure(json!({"resources": []}), json!({"sku": {"value": "P0v3"}}))
            .fingerprint();
        let same = infrastructure(json!({"resources": []}), json!({"sku": {"value": "P0v3"}}))
            .fingerprint();
        let other_template =
            infrastructure(json!({"resources": [1]}), json!({"sku": {"value": "P0v3"}}))
                .fingerprint();
        let other_parameters =
            infrastructure(json!({"resources": []}), json!({"sku": {"value": "P1v3"}}))
                .fingerprint();
        assert_eq!(first, same);
        assert_ne!(first, other_template);
        assert_ne!(first, other_parameters);
        assert_eq!(first.len(), 32);
    }
}
