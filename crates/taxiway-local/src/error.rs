//! Errors of the local cloud: what a client is told, and why the cloud could not start.
//!
//! `ArmError` is data, because it is stored with operations and nested into deployments. It never holds a secret.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::store::StoreError;

/// A refusal in the shape that Azure Resource Manager gives it: `{"error": {"code", "message", …}}`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{code}: {message}")]
pub(crate) struct ArmError {
    /// The HTTP status of the answer.
    #[serde(with = "status_number")]
    pub status: StatusCode,
    /// Azure's code, such as `ResourceNotFound`.
    pub code: String,
    /// The sentence for people.
    pub message: String,
    /// What the error is about, often a resource id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The causes below this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<ArmError>,
}

impl ArmError {
    pub(crate) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.into(),
            target: None,
            details: Vec::new(),
        }
    }

    /// 400 with the given code.
    pub(crate) fn bad_request(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// 403 with the given code.
    pub(crate) fn forbidden(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, message)
    }

    /// 404 with the given code.
    pub(crate) fn not_found(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, message)
    }

    /// 409 with the given code.
    pub(crate) fn conflict(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    /// 500: the local cloud itself failed.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalServerError",
            message,
        )
    }

    #[must_use]
    pub(crate) fn with_target(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }

    #[must_use]
    pub(crate) fn with_details(mut self, details: Vec<Self>) -> Self {
        self.details = details;
        self
    }

    /// The object below `error`.
    pub(crate) fn to_detail(&self) -> Value {
        let mut detail = json!({"code": self.code, "message": self.message});
        if let Some(target) = &self.target {
            detail["target"] = json!(target);
        }
        if !self.details.is_empty() {
            detail["details"] = self.details.iter().map(Self::to_detail).collect();
        }
        detail
    }

    /// The whole body of the answer.
    pub(crate) fn to_body(&self) -> Value {
        json!({"error": self.to_detail()})
    }
}

impl From<StoreError> for ArmError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, source = ?std::error::Error::source(&error), "the store failed");
        Self::internal(format!("The local cloud's store failed: {error}."))
    }
}

mod status_number {
    use http::StatusCode;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(
        status: &StatusCode,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(status.as_u16())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<StatusCode, D::Error> {
        StatusCode::from_u16(u16::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
