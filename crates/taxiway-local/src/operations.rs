//! Long-running operations: the answer 202, the URLs that are polled, and the result.
//!
//! An operation is written down before it starts and when it ends. One that was running when the cloud was killed is found
//! by [`Operations::fail_interrupted`] at the next start and reported as failed, unless its provider has taken it up again with
//! [`Operations::resume`] before. Results are kept; a poll after a restart still gets its answer.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use taxiway_arm::ResourceId;
use tokio::sync::watch;
use uuid::Uuid;

use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response},
    store::{Store, StoreError},
};

const KIND: &str = "operation";
/// Seconds until the next poll; without it, or with 0, clients wait for 30.
pub(crate) const RETRY_AFTER: &str = "0.2";
/// Seconds until the first poll. The management SDKs read it as an integer in this one answer, and poll at once whatever it is.
const FIRST_RETRY_AFTER: &str = "0";

/// How far an operation is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Progress {
    Running,
    /// Done, with what GET on the result's URL answers.
    Succeeded {
        result: Option<Value>,
    },
    Failed {
        error: ArmError,
    },
    Canceled,
}

/// One operation as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Operation {
    /// Its id, a UUID.
    pub id: String,
    /// What is done, such as `deployment` or `Microsoft.Web/sites/slotsswap`.
    pub kind: String,
    /// The resource that it works on.
    pub resource: ResourceId,
    pub started: Timestamp,
    pub ended: Option<Timestamp>,
    pub progress: Progress,
}

/// The operations. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Operations {
    store: Store,
    running: Arc<Mutex<BTreeMap<String, watch::Receiver<Progress>>>>,
}

impl Operations {
    pub(crate) fn new(store: Store) -> Self {
        Self {
            store,
            running: Arc::default(),
        }
    }

    /// Starts `work` in the background and answers 202 with `Azure-AsyncOperation`, `Location` and `Retry-After`.
    ///
    /// `body` is the body of the 202, for a PUT usually the resource as it will be. What `work` returns is the body of the
    /// result; with `None` the result's URL answers 204.
    pub(crate) fn start<F>(
        &self,
        cloud: &Cloud,
        request: &Request,
        kind: &str,
        body: Option<Value>,
        work: F,
    ) -> Outcome
    where
        F: Future<Output = Result<Option<Value>, ArmError>> + Send + 'static,
    {
        let id = Uuid::new_v4().to_string();
        self.run(&id, kind, &request.id, work)?;
        Ok(accepted(cloud, request, &id, body))
    }

    /// Takes up an operation again after a restart, under its old id.
    pub(crate) fn resume<F>(&self, operation: &Operation, work: F) -> Result<(), StoreError>
    where
        F: Future<Output = Result<Option<Value>, ArmError>> + Send + 'static,
    {
        self.run(&operation.id, &operation.kind, &operation.resource, work)
    }

    /// Starts `work` as an operation with a given id, without an answer.
    pub(crate) fn run<F>(
        &self,
        id: &str,
        kind: &str,
        resource: &ResourceId,
        work: F,
    ) -> Result<(), StoreError>
    where
        F: Future<Output = Result<Option<Value>, ArmError>> + Send + 'static,
    {
        let mut operation = Operation {
            id: id.to_owned(),
            kind: kind.to_owned(),
            resource: resource.clone(),
            started: Timestamp::now(),
            ended: None,
            progress: Progress::Running,
        };
        self.store.put_document(KIND, id, &operation)?;
        let (sender, receiver) = watch::channel(Progress::Running);
        self.running_operations().insert(id.to_owned(), receiver);
        let operations = self.clone();
        tokio::spawn(async move {
            // A task of its own, so that a panic becomes a failure instead of an operation without end.
            operation.progress = match tokio::spawn(work).await {
                Ok(Ok(result)) => Progress::Succeeded { result },
                Ok(Err(error)) if error.code == "Canceled" => Progress::Canceled,
                Ok(Err(error)) => Progress::Failed { error },
                Err(error) => Progress::Failed {
                    error: ArmError::internal(format!("The operation broke off: {error}.")),
                },
            };
            operation.ended = Some(Timestamp::now());
            if let Err(error) = operations
                .store
                .put_document(KIND, &operation.id, &operation)
            {
                tracing::error!(operation = %operation.id, %error, "cannot keep the result of an operation");
            }
            sender.send_replace(operation.progress);
            operations.running_operations().remove(&operation.id);
        });
        Ok(())
    }

    /// The operation with this id.
    pub(crate) fn find(&self, id: &str) -> Result<Option<Operation>, StoreError> {
        self.store.document(KIND, &id.to_ascii_lowercase())
    }

    /// Those that were running when the store was last written, oldest first.
    pub(crate) fn unfinished(&self) -> Result<Vec<Operation>, StoreError> {
        let mut operations: Vec<Operation> = self
            .store
            .documents::<Operation>(KIND)?
            .into_iter()
            .map(|(_, operation)| operation)
            .filter(|operation| operation.progress == Progress::Running)
            .collect();
        operations.sort_by_key(|operation| operation.started);
        Ok(operations)
    }

    /// Marks what nobody has taken up again as failed. Called once at the start, after the providers have resumed theirs.
    pub(crate) fn fail_interrupted(&self) -> Result<(), StoreError> {
        for mut operation in self.unfinished()? {
            if self.running_operations().contains_key(&operation.id) {
                continue;
            }
            tracing::warn!(operation = %operation.id, kind = operation.kind, resource = %operation.resource, "an operation was interrupted");
            operation.ended = Some(Timestamp::now());
            operation.progress = Progress::Failed {
                error: ArmError::conflict(
                    "OperationInterrupted",
                    "The local cloud was stopped while this operation ran. Start it again.",
                ),
            };
            self.store.put_document(KIND, &operation.id, &operation)?;
        }
        Ok(())
    }

    /// Waits for the operation behind a 202; any other answer is the result itself.
    pub(crate) async fn wait(&self, response: Response) -> Result<Option<Value>, ArmError> {
        let url = response
            .header("Azure-AsyncOperation")
            .or_else(|| response.header("Location"));
        let Some(id) = url.and_then(operation_id) else {
            return Ok(response.body);
        };
        let receiver = self.running_operations().get(&id).cloned();
        let progress = match receiver {
            Some(mut receiver) => {
                let progress = receiver
                    .wait_for(|progress| *progress != Progress::Running)
                    .await;
                progress.map(|progress| progress.clone()).ok()
            }
            None => None,
        };
        let progress = match progress {
            Some(progress) => progress,
            None => match self.find(&id)? {
                Some(operation) => operation.progress,
                None => return Err(unknown(&id)),
            },
        };
        match progress {
            Progress::Succeeded { result } => Ok(result),
            Progress::Failed { error } => Err(error),
            Progress::Canceled => Err(ArmError::conflict(
                "Canceled",
                "The operation was canceled.",
            )),
            Progress::Running => Err(ArmError::internal("The operation broke off.")),
        }
    }

    /// What GET on `Azure-AsyncOperation` answers.
    pub(crate) fn status(&self, id: &str) -> Outcome {
        let operation = self.find(id)?.ok_or_else(|| unknown(id))?;
        let mut body = json!({
            "id": operation.id,
            "name": operation.id,
            "startTime": operation.started.to_string(),
            "status": operation.progress.name(),
        });
        if let Some(ended) = operation.ended {
            body["endTime"] = json!(ended.to_string());
        }
        match operation.progress {
            Progress::Failed { error } => body["error"] = error.to_detail(),
            Progress::Running => {
                return Ok(Response::ok(body).with_header("Retry-After", RETRY_AFTER));
            }
            Progress::Succeeded { .. } | Progress::Canceled => {}
        }
        Ok(Response::ok(body))
    }

    /// What GET on `Location` answers; `location` is that URL, for the next poll.
    pub(crate) fn result(&self, id: &str, location: &str) -> Outcome {
        let operation = self.find(id)?.ok_or_else(|| unknown(id))?;
        match operation.progress {
            Progress::Running => Ok(Response::new(StatusCode::ACCEPTED, None)
                .with_header("Location", location)
                .with_header("Retry-After", RETRY_AFTER)),
            Progress::Succeeded { result: Some(body) } => Ok(Response::ok(body)),
            Progress::Succeeded { result: None } => Ok(Response::no_content()),
            Progress::Failed { error } => Err(error),
            Progress::Canceled => Err(ArmError::conflict(
                "Canceled",
                "The operation was canceled.",
            )),
        }
    }

    fn running_operations(
        &self,
    ) -> std::sync::MutexGuard<'_, BTreeMap<String, watch::Receiver<Progress>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress {
    /// As `status` has it.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Running => "Running",
            Self::Succeeded { .. } => "Succeeded",
            Self::Failed { .. } => "Failed",
            Self::Canceled => "Canceled",
        }
    }
}

/// 202 with the three headers by which clients follow an operation.
fn accepted(cloud: &Cloud, request: &Request, id: &str, body: Option<Value>) -> Response {
    let base = request.base(cloud);
    let scope = request
        .id
        .subscription()
        .map(|subscription| format!("/subscriptions/{subscription}"))
        .unwrap_or_default();
    let url = |collection: &str| {
        format!(
            "{base}{scope}/providers/{}/locations/local/{collection}/{id}?api-version={}",
            request.namespace, request.api_version
        )
    };
    Response::new(StatusCode::ACCEPTED, body)
        .with_header("Azure-AsyncOperation", url("operationStatuses"))
        .with_header("Location", url("operationResults"))
        .with_header("Retry-After", FIRST_RETRY_AFTER)
}

/// The id in the URL of an operation: the last segment of the path.
fn operation_id(url: &str) -> Option<String> {
    let path = url.split('?').next()?;
    let (rest, id) = path.rsplit_once('/')?;
    let (_, collection) = rest.rsplit_once('/')?;
    ["operationStatuses", "operationResults"]
        .iter()
        .any(|known| collection.eq_ignore_ascii_case(known))
        .then(|| id.to_ascii_lowercase())
}

fn unknown(id: &str) -> ArmError {
    ArmError::not_found(
        "OperationNotFound",
        format!("The operation '{id}' could not be found."),
    )
}
