//! Running a deployment: each resource as soon as everything that it depends on is done.
//!
//! After the first failure nothing new is started; what runs is waited for, and all failures are reported together.

use std::sync::Arc;

use http::{Method, StatusCode};
use indexmap::IndexMap;
use taxiway_arm::{Deployment, EvaluatedResource, Mode, Output, Resource, ResourceId, Step};
use tokio::{runtime::Handle, sync::watch, task::JoinSet};

use super::{
    Plan,
    journal::Journal,
    nested,
    plan::invalid_template,
    state::{LiveState, NestedOutputs, request},
};
use crate::{cloud::Cloud, error::ArmError, identity::Caller, provider, resources};

/// One deployment on its way.
pub(super) struct Run {
    pub(super) parts: Parts,
    id: ResourceId,
    mode: Mode,
    deployment: Arc<Deployment>,
    journal: Journal,
}

/// What the run shares with the runs of nested deployments.
#[derive(Clone)]
pub(super) struct Parts {
    pub(super) cloud: Cloud,
    pub(super) caller: Caller,
    pub(super) cancel: watch::Receiver<bool>,
    pub(super) nested: NestedOutputs,
    pub(super) context: taxiway_arm::Context,
}

/// What a step has made, when it went well.
type Made = Vec<ResourceId>;

impl Run {
    /// The run of a deployment that a client asked for.
    pub(super) fn root(
        cloud: Cloud,
        caller: Caller,
        plan: Plan,
        journal: Journal,
        cancel: watch::Receiver<bool>,
    ) -> Self {
        let parts = Parts {
            cloud,
            caller,
            cancel,
            nested: NestedOutputs::default(),
            context: plan.context.clone(),
        };
        Self::new(parts, plan, journal)
    }

    pub(super) fn new(parts: Parts, plan: Plan, journal: Journal) -> Self {
        Self {
            parts,
            id: plan.id,
            mode: plan.mode,
            deployment: Arc::new(plan.deployment),
            journal,
        }
    }

    /// Runs to the end and records it. The outputs hold secure values too; the ids are those of the resources made.
    pub(super) async fn execute(mut self) -> Result<(IndexMap<String, Output>, Made), ArmError> {
        tracing::info!(deployment = %self.id, resources = self.deployment.resources().len(), "a deployment starts");
        let mut made = Vec::new();
        let result = self.all_steps(&mut made).await;
        self.journal.finish(result.as_ref(), &made)?;
        match &result {
            Ok(_) => tracing::info!(deployment = %self.id, "a deployment is done"),
            Err(error) => {
                tracing::info!(deployment = %self.id, code = error.code, "a deployment failed")
            }
        }
        result.map(|outputs| (outputs, made))
    }

    async fn all_steps(&mut self, made: &mut Made) -> Result<IndexMap<String, Output>, ArmError> {
        let failures = self.resources(made).await?;
        if *self.parts.cancel.borrow() {
            return Err(ArmError::conflict(
                "Canceled",
                "The deployment was canceled.",
            ));
        }
        if !failures.is_empty() {
            return Err(failed(&self.id, failures));
        }
        if self.mode == Mode::Complete {
            resources::delete_unlisted(
                &self.parts.cloud,
                &self.id.scope(),
                made,
                &self.parts.caller,
            )
            .await?;
        }
        let (deployment, state) = (Arc::clone(&self.deployment), self.state());
        blocking(move || deployment.outputs(&state))
            .await?
            .map_err(|diagnostics| {
                let mut cause = invalid_template(&diagnostics);
                cause.code = "DeploymentOutputEvaluationFailed".to_owned();
                cause
            })
    }

    fn state(&self) -> LiveState {
        LiveState {
            cloud: self.parts.cloud.clone(),
            caller: self.parts.caller.clone(),
            nested: Arc::clone(&self.parts.nested),
            runtime: Handle::current(),
        }
    }

    /// Starts what is ready until nothing is left; returns the failures.
    async fn resources(&mut self, made: &mut Made) -> Result<Vec<ArmError>, ArmError> {
        let waits = waits(self.deployment.resources());
        let mut is_done = vec![false; waits.len()];
        let mut operations: Vec<Option<usize>> = vec![None; waits.len()];
        let mut tasks: JoinSet<(usize, Result<Made, ArmError>)> = JoinSet::new();
        let mut failures = Vec::new();
        loop {
            let may_start = failures.is_empty() && !*self.parts.cancel.borrow();
            for index in 0..waits.len() {
                let is_ready = waits[index].iter().all(|before| is_done[*before]);
                if may_start && operations[index].is_none() && is_ready {
                    let resource = &self.deployment.resources()[index];
                    operations[index] = Some(self.journal.start_operation(resource)?);
                    tasks.spawn(self.step(index));
                }
            }
            let Some(joined) = tasks.join_next().await else {
                return Ok(failures);
            };
            let (index, result) = joined
                .map_err(|error| ArmError::internal(format!("A step broke off: {error}.")))?;
            if let Some(number) = operations[index] {
                self.journal
                    .end_operation(number, result.as_ref().map(|_| ()))?;
            }
            match result {
                Ok(ids) => {
                    is_done[index] = true;
                    made.extend(ids);
                }
                Err(error) => {
                    let resource = &self.deployment.resources()[index];
                    failures.push(leaf(error, &resource.id));
                }
            }
        }
    }

    /// The work on one resource.
    fn step(&self, index: usize) -> impl Future<Output = (usize, Result<Made, ArmError>)> + use<> {
        let (deployment, state) = (Arc::clone(&self.deployment), self.state());
        let parts = self.parts.clone();
        async move {
            let step = blocking(move || deployment.evaluate(index, &state)).await;
            let result = match step {
                Ok(Ok(step)) => perform(parts, step).await,
                Ok(Err(diagnostic)) => Err(invalid_template(&[diagnostic])),
                Err(error) => Err(error),
            };
            (index, result)
        }
    }
}

async fn perform(parts: Parts, step: Step) -> Result<Made, ArmError> {
    match step {
        Step::Skipped | Step::Existing => Ok(Vec::new()),
        Step::Resource(resource) => put(&parts, resource).await,
        Step::Nested(deployment) => nested::execute(parts, deployment).await,
    }
}

async fn put(parts: &Parts, resource: EvaluatedResource) -> Result<Made, ArmError> {
    let call = request(
        &parts.caller,
        Method::PUT,
        &resource.id,
        &resource.api_version,
        resource.body,
    );
    let response = provider::dispatch(&parts.cloud, call).await?;
    parts.cloud.operations.wait(response).await?;
    Ok(vec![resource.id])
}

/// Evaluation asks for the state of resources, which blocks.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ArmError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| ArmError::internal(format!("An evaluation broke off: {error}.")))
}

/// What each resource waits for: its dependencies, and in a serial copy loop the batches before its own.
fn waits(resources: &[Resource]) -> Vec<Vec<usize>> {
    let batch = |resource: &Resource| {
        let copy = resource.copy_loop.as_ref()?;
        let size = copy.batch_size.filter(|size| *size > 0)?;
        Some((copy.name.clone(), resource.copy_index? / size))
    };
    resources
        .iter()
        .map(|resource| {
            let mut before = resource.dependencies.clone();
            if let Some((name, number)) = batch(resource) {
                before.extend(
                    resources
                        .iter()
                        .enumerate()
                        .filter(|(_, other)| {
                            batch(other)
                                .is_some_and(|(other, earlier)| other == name && earlier < number)
                        })
                        .map(|(index, _)| index),
                );
            }
            before
        })
        .collect()
}

/// The leaf of an error tree: what the provider said, and about which resource.
fn leaf(error: ArmError, id: &ResourceId) -> ArmError {
    match error.target {
        Some(_) => error,
        None => error.with_target(id.as_str()),
    }
}

fn failed(id: &ResourceId, details: Vec<ArmError>) -> ArmError {
    ArmError::new(
        StatusCode::CONFLICT,
        "DeploymentFailed",
        "At least one resource deployment operation failed. Please list deployment operations for details. Please see https://aka.ms/arm-deployment-operations for usage details.",
    )
    .with_target(id.as_str())
    .with_details(details)
}

#[cfg(test)]
mod tests {
    use taxiway_arm::CopyLoop;

    use super::*;

    fn resource(name: &str, copy: Option<(usize, usize)>, dependencies: &[usize]) -> Resource {
        let id = ResourceId::parse(&format!(
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/{name}"
        ));
        Resource {
            id: id.expect("an id"),
            resource_type: "Microsoft.Web/sites".to_owned(),
            api_version: "2024-11-01".to_owned(),
            symbolic_name: None,
            copy_index: copy.map(|(index, _)| index),
            copy_loop: copy.map(|(_, size)| CopyLoop {
                name: "loop".to_owned(),
                batch_size: Some(size),
            }),
            existing: false,
            condition: true,
            dependencies: dependencies.to_vec(),
            pointer: String::new(),
        }
    }

    #[test]
    fn batches_wait_for_the_batches_before() {
        let resources = [
            resource("a", Some((0, 2)), &[]),
            resource("b", Some((1, 2)), &[]),
            resource("c", Some((2, 2)), &[]),
            resource("d", None, &[2]),
        ];
        assert_eq!(waits(&resources), [vec![], vec![], vec![0, 1], vec![2]]);
    }
}
