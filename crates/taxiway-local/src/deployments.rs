//! Deployments of templates: validated, run in dependency order, recorded.
//!
//! Every resource of a template goes through [`crate::provider::dispatch`] on behalf of the caller, so that a template can do
//! nothing that the caller could not. Values of secure parameters live in memory only; so a deployment that a stop of the cloud
//! interrupts can't go on by itself: it is recorded as failed, and deploying again takes up where it was.

mod journal;
mod nested;
mod plan;
mod run;
mod shape;
mod state;
mod what_if;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use http::{Method, StatusCode};
use serde_json::{Value, json};
use taxiway_arm::{DEPLOYMENT_TYPE, ResourceId};
use tokio::sync::watch;

use self::{journal::Journal, plan::Plan, run::Run};
use crate::{
    cloud::Cloud,
    error::ArmError,
    operations::RETRY_AFTER,
    provider::{Outcome, Request, Response},
    record,
    store::StoredResource,
};

pub(crate) use journal::fail_interrupted;

/// Source: ARM documentation, "Azure Resource Manager limits": deployments in the history of a scope.
const MAX_HISTORY: usize = 800;
const TEMPLATE_KIND: &str = "deployment-template";

/// The deployments that run now. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deployments {
    running: Arc<Mutex<BTreeMap<String, watch::Sender<bool>>>>,
}

impl Deployments {
    fn running(&self) -> MutexGuard<'_, BTreeMap<String, watch::Sender<bool>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers a deployment; the receiver turns true when it is to be canceled.
    fn begin(&self, id: &ResourceId) -> Option<watch::Receiver<bool>> {
        let mut running = self.running();
        if running.contains_key(id.key()) {
            return None;
        }
        let (sender, receiver) = watch::channel(false);
        running.insert(id.key().to_owned(), sender);
        Some(receiver)
    }

    fn end(&self, id: &ResourceId) {
        self.running().remove(id.key());
    }

    /// Whether it was running.
    fn cancel(&self, id: &ResourceId) -> bool {
        match self.running().get(id.key()) {
            Some(sender) => {
                sender.send_replace(true);
                true
            }
            None => false,
        }
    }

    fn is_running(&self, id: &ResourceId) -> bool {
        self.running().contains_key(id.key())
    }
}

/// Answers a call.
pub(crate) async fn handle(cloud: &Cloud, request: Request) -> Outcome {
    let action = request.action.as_deref().map(str::to_ascii_lowercase);
    if request
        .id
        .is_type("Microsoft.Resources/deployments/operations")
    {
        return journal::operation(cloud, &request);
    }
    if !request.id.is_type(DEPLOYMENT_TYPE) {
        return Err(record::method_not_allowed(&request));
    }
    match (&request.method, action.as_deref()) {
        (&Method::PUT, None) => start(cloud, request),
        (&Method::POST, Some("validate")) => validate(cloud, &request),
        (&Method::POST, Some("whatif")) => what_if::start(cloud, &request),
        (&Method::POST, Some("cancel")) => cancel(cloud, &request),
        (&Method::POST, Some("exporttemplate")) => export(cloud, &request),
        (&Method::GET, Some("operations")) => journal::operations(cloud, &request),
        (&Method::GET | &Method::HEAD, None) => get(cloud, &request),
        (&Method::DELETE, None) => delete(cloud, &request),
        _ => Err(record::method_not_allowed(&request)),
    }
}

/// GET {scope}/providers/Microsoft.Resources/deployments, newest first.
pub(crate) fn list(cloud: &Cloud, request: &Request) -> Outcome {
    if request.method != Method::GET {
        return Err(record::method_not_allowed(request));
    }
    let mut deployments = at_scope(cloud, &request.id)?;
    deployments.sort_by_key(|deployment| std::cmp::Reverse(deployment.created));
    Ok(Response::list(
        deployments
            .into_iter()
            .map(|deployment| deployment.body)
            .collect(),
    ))
}

fn at_scope(cloud: &Cloud, scope: &ResourceId) -> Result<Vec<StoredResource>, ArmError> {
    let mut deployments = cloud.store.resources_of_type(scope, DEPLOYMENT_TYPE)?;
    deployments.retain(|deployment| deployment.id.scope() == *scope);
    Ok(deployments)
}

fn not_found(id: &ResourceId) -> ArmError {
    ArmError::not_found(
        "DeploymentNotFound",
        format!("Deployment '{}' could not be found.", id.name()),
    )
}

fn existing(cloud: &Cloud, id: &ResourceId) -> Result<StoredResource, ArmError> {
    cloud.store.resource(id)?.ok_or_else(|| not_found(id))
}

fn get(cloud: &Cloud, request: &Request) -> Outcome {
    let deployment = existing(cloud, &request.id)?;
    if request.method == Method::HEAD {
        return Ok(Response::no_content());
    }
    Ok(Response::ok(deployment.body))
}

fn delete(cloud: &Cloud, request: &Request) -> Outcome {
    if cloud.deployments.is_running(&request.id) {
        return Err(active(&request.id));
    }
    forget(cloud, &request.id)?;
    Ok(Response::no_content())
}

fn forget(cloud: &Cloud, id: &ResourceId) -> Result<(), ArmError> {
    journal::forget(cloud, id)?;
    cloud.store.delete_document(TEMPLATE_KIND, id.key())?;
    cloud.store.delete_resource(id)?;
    Ok(())
}

fn active(id: &ResourceId) -> ArmError {
    ArmError::conflict(
        "DeploymentActive",
        format!(
            "Unable to edit or replace deployment '{}': previous deployment is still active. Please see https://aka.ms/arm-deployment-operations for usage details.",
            id.name()
        ),
    )
}

fn cancel(cloud: &Cloud, request: &Request) -> Outcome {
    let deployment = existing(cloud, &request.id)?;
    if cloud.deployments.cancel(&request.id) {
        return Ok(Response::no_content());
    }
    Err(ArmError::conflict(
        "DeploymentCannotBeCancelled",
        format!(
            "The deployment '{}' cannot be cancelled because it is in state '{}'.",
            request.id.name(),
            deployment.body["properties"]["provisioningState"]
                .as_str()
                .unwrap_or_default()
        ),
    ))
}

fn export(cloud: &Cloud, request: &Request) -> Outcome {
    existing(cloud, &request.id)?;
    let template: Option<Value> = cloud.store.document(TEMPLATE_KIND, request.id.key())?;
    match template {
        Some(template) => Ok(Response::ok(json!({"template": template}))),
        None => Err(ArmError::not_found(
            "DeploymentTemplateNotFound",
            "The template of a nested deployment is not kept: it may hold values of secure parameters.",
        )),
    }
}

fn validate(cloud: &Cloud, request: &Request) -> Outcome {
    let plan = Plan::read(cloud, request)?;
    plan.preflight(cloud, &request.caller)?;
    Ok(Response::ok(shape::validated(&plan)))
}

/// PUT: answers once the deployment is recorded, and runs it in the background.
fn start(cloud: &Cloud, request: Request) -> Outcome {
    if cloud.deployments.is_running(&request.id) {
        return Err(active(&request.id));
    }
    let plan = Plan::read(cloud, &request)?;
    plan.preflight(cloud, &request.caller)?;
    prune_history(cloud, &plan.id.scope())?;
    let cancel = cloud
        .deployments
        .begin(&request.id)
        .ok_or_else(|| active(&request.id))?;
    // Nothing between here and the background task may return without ending the registration.
    let started = record_and_run(cloud, &request, plan, cancel);
    if started.is_err() {
        cloud.deployments.end(&request.id);
    }
    started
}

fn record_and_run(
    cloud: &Cloud,
    request: &Request,
    plan: Plan,
    cancel: watch::Receiver<bool>,
) -> Outcome {
    let operation = uuid::Uuid::new_v4().to_string();
    let is_new = cloud.store.resource(&plan.id)?.is_none();
    cloud
        .store
        .put_document(TEMPLATE_KIND, plan.id.key(), &plan.template)?;
    let journal = Journal::begin(cloud, &plan)?;
    let body = existing(cloud, &plan.id)?.body;
    let id = plan.id.clone();
    let run = Run::root(cloud.clone(), request.caller.clone(), plan, journal, cancel);
    let of_task = cloud.clone();
    let id_of_task = id.clone();
    cloud
        .operations
        .run(&operation, "deployment", &id, async move {
            // A task of its own: also a panic has to end the registration.
            let result = tokio::spawn(run.execute()).await;
            of_task.deployments.end(&id_of_task);
            match result {
                Ok(result) => result.map(|_| None),
                Err(error) => Err(ArmError::internal(format!(
                    "The deployment broke off: {error}."
                ))),
            }
        })?;
    let status = if is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let url = format!(
        "{}{id}/operationStatuses/{operation}?api-version={}",
        request.base(cloud),
        request.api_version
    );
    Ok(Response::new(status, Some(body))
        .with_header("Azure-AsyncOperation", url)
        .with_header("Retry-After", RETRY_AFTER))
}

/// Makes room in the history of a scope, oldest first, as Azure does.
fn prune_history(cloud: &Cloud, scope: &ResourceId) -> Result<(), ArmError> {
    let mut deployments = at_scope(cloud, scope)?;
    deployments.sort_by_key(|deployment| deployment.created);
    let surplus = (deployments.len() + 1).saturating_sub(MAX_HISTORY);
    for deployment in deployments
        .iter()
        .filter(|deployment| !cloud.deployments.is_running(&deployment.id))
        .take(surplus)
    {
        forget(cloud, &deployment.id)?;
    }
    Ok(())
}
