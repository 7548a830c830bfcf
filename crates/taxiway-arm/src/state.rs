//! What a deployment asks of the resources that exist.

use serde_json::Value;

use crate::ResourceId;

/// Why a `list…()` call gave nothing, in Azure's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct StateError {
    /// Azure's error code.
    pub code: String,
    /// What went wrong.
    pub message: String,
}

/// The resources as they are while a deployment runs; the runtime functions ask it.
pub trait DeployedState {
    /// The resource: its `properties`, or all of it with `full`; `None` where there is none.
    ///
    /// Of a deployment, the properties hold its `outputs`.
    fn reference(&self, id: &ResourceId, api_version: Option<&str>, full: bool) -> Option<Value>;

    /// The answer of a POST `id/function`, such as `listKeys`.
    ///
    /// # Errors
    /// What the resource answers instead.
    fn list(
        &self,
        id: &ResourceId,
        function: &str,
        api_version: &str,
        body: Option<&Value>,
    ) -> Result<Value, StateError>;
}
