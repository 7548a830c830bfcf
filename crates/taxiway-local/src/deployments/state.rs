//! The resources as a running template sees them: through the same calls that its caller could make.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use http::Method;
use indexmap::IndexMap;
use serde_json::{Map, Value, json};
use taxiway_arm::{DEPLOYMENT_TYPE, DeployedState, Output, ResourceId, StateError};
use tokio::runtime::Handle;

use crate::{
    catalogue,
    cloud::Cloud,
    error::ArmError,
    identity::Caller,
    provider::{self, Request},
};

/// The outputs of the nested deployments of one run, secure ones too. They are nowhere else.
pub(super) type NestedOutputs = Arc<Mutex<BTreeMap<String, IndexMap<String, Output>>>>;

/// Used on threads that may block.
pub(super) struct LiveState {
    pub(super) cloud: Cloud,
    pub(super) caller: Caller,
    pub(super) nested: NestedOutputs,
    pub(super) runtime: Handle,
}

/// A call on behalf of the deployment's caller.
pub(super) fn request(
    caller: &Caller,
    method: Method,
    id: &ResourceId,
    api_version: &str,
    body: Value,
) -> Request {
    Request {
        method,
        namespace: id.namespace().to_owned(),
        id: id.clone(),
        action: None,
        api_version: api_version.to_owned(),
        query: BTreeMap::new(),
        headers: http::HeaderMap::new(),
        body,
        caller: caller.clone(),
    }
}

impl LiveState {
    fn call(&self, request: Request) -> Result<Option<Value>, ArmError> {
        self.runtime.block_on(async {
            let response = provider::dispatch(&self.cloud, request).await?;
            self.cloud.operations.wait(response).await
        })
    }

    fn outputs_of(&self, id: &ResourceId) -> Option<Value> {
        let nested = self.nested.lock().unwrap_or_else(PoisonError::into_inner);
        let outputs = nested.get(id.key())?;
        let outputs: Map<String, Value> = outputs
            .iter()
            .map(|(name, output)| {
                (
                    name.clone(),
                    json!({"type": output.output_type, "value": output.value}),
                )
            })
            .collect();
        Some(Value::Object(outputs))
    }
}

impl DeployedState for LiveState {
    fn reference(&self, id: &ResourceId, api_version: Option<&str>, full: bool) -> Option<Value> {
        let resource_type = id.resource_type();
        let version = api_version
            .or_else(|| {
                catalogue::find(&resource_type)
                    .and_then(|entry| entry.api_versions.first().copied())
            })
            .unwrap_or("2025-04-01");
        let body = self
            .call(request(&self.caller, Method::GET, id, version, Value::Null))
            .inspect_err(
                |error| tracing::debug!(%id, %error, "a template refers to what can't be read"),
            )
            .ok()
            .flatten()?;
        if full {
            return Some(body);
        }
        body.get("properties").cloned()
    }

    fn list(
        &self,
        id: &ResourceId,
        function: &str,
        api_version: &str,
        body: Option<&Value>,
    ) -> Result<Value, StateError> {
        if id.is_type(DEPLOYMENT_TYPE)
            && function.eq_ignore_ascii_case("listOutputsWithSecureValues")
            && let Some(outputs) = self.outputs_of(id)
        {
            return Ok(outputs);
        }
        let mut call = request(
            &self.caller,
            Method::POST,
            id,
            api_version,
            body.cloned().unwrap_or(Value::Null),
        );
        call.action = Some(function.to_owned());
        match self.call(call) {
            Ok(answer) => Ok(answer.unwrap_or(Value::Null)),
            Err(error) => Err(StateError {
                code: error.code,
                message: error.message,
            }),
        }
    }
}
