//! The error body of Azure's services, in all its shapes, as one type.

use std::fmt;

use serde_json::Value;

use crate::hint;

/// What a service said when it refused or failed.
///
/// `Display` shows the leaf cause: deployments nest the reason several levels deep.
/// Source: REST guidelines of Azure, "Error condition responses".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceError {
    /// The HTTP status; of a failed operation, that of the answer which told so.
    pub status: u16,
    /// The error's code, for example `AuthorizationFailed`.
    pub code: String,
    /// The message.
    pub message: String,
    /// What the error is about: a parameter, a resource.
    pub target: Option<String>,
    /// The causes, nested.
    pub details: Vec<ServiceError>,
    /// The call: method and path.
    pub call: String,
    /// The id to quote to Azure's support.
    pub request_id: Option<String>,
}

impl ServiceError {
    /// Reads any of the known shapes; a body of none of them becomes the message.
    pub fn read(status: u16, body: &[u8], call: &str) -> Self {
        let text = String::from_utf8_lossy(body);
        let mut error = serde_json::from_str::<Value>(&text)
            .ok()
            .and_then(|value| Self::from_value(status, &value))
            .unwrap_or_else(|| Self::plain(status, &text));
        error.call = call.to_owned();
        error
    }

    /// Reads an error object, or an object that holds one under `error`.
    pub fn from_value(status: u16, value: &Value) -> Option<Self> {
        let object = value.as_object()?;
        match object.get("error") {
            Some(inner @ Value::Object(_)) => return Self::from_value(status, inner),
            Some(Value::String(code)) => {
                // Entra: `{"error", "error_description", "error_codes"}`.
                let description = text(object, &["error_description"]).unwrap_or_default();
                let first_line = description.lines().next().unwrap_or_default().trim();
                let code = first_line
                    .split(':')
                    .next()
                    .filter(|word| word.starts_with("AADSTS"))
                    .unwrap_or(code);
                return Some(Self {
                    code: code.to_owned(),
                    message: first_line.to_owned(),
                    ..Self::plain(status, "")
                });
            }
            _ => {}
        }
        let code = text(object, &["code", "Code", "errorCode"]);
        let message = text(object, &["message", "Message", "ExceptionMessage"]);
        if code.is_none() && message.is_none() {
            return None;
        }
        let details = Self::details(status, object, message.as_deref());
        Some(Self {
            status,
            code: inner_code(object)
                .or(code)
                .unwrap_or_else(|| status.to_string()),
            message: message.unwrap_or_default(),
            target: text(object, &["target", "Target"]),
            details,
            call: String::new(),
            request_id: None,
        })
    }

    /// The nested causes: `details`, `Details`, and a message that is itself a JSON error.
    fn details(
        status: u16,
        object: &serde_json::Map<String, Value>,
        message: Option<&str>,
    ) -> Vec<Self> {
        let listed = ["details", "Details"]
            .iter()
            .filter_map(|key| object.get(*key)?.as_array())
            .flatten()
            .filter_map(|detail| Self::from_value(status, detail));
        let embedded = message
            .filter(|message| message.trim_start().starts_with('{'))
            .and_then(|message| serde_json::from_str::<Value>(message).ok())
            .and_then(|value| Self::from_value(status, &value));
        listed.chain(embedded).collect()
    }

    fn plain(status: u16, text: &str) -> Self {
        let message: String = text.trim().chars().take(600).collect();
        Self {
            status,
            code: status.to_string(),
            message,
            target: None,
            details: Vec::new(),
            call: String::new(),
            request_id: None,
        }
    }

    /// The causes without causes of their own, the first one first.
    pub fn leaves(&self) -> Vec<&ServiceError> {
        if self.details.is_empty() {
            return vec![self];
        }
        self.details.iter().flat_map(ServiceError::leaves).collect()
    }

    /// The first cause that says something.
    pub fn leaf(&self) -> &ServiceError {
        self.leaves()
            .into_iter()
            .find(|leaf| !leaf.message.is_empty())
            .unwrap_or(self)
    }

    /// Whether the error or one of its causes has this code.
    pub fn has_code(&self, code: &str) -> bool {
        self.code.eq_ignore_ascii_case(code)
            || self.details.iter().any(|detail| detail.has_code(code))
    }

    /// What to do about it: the deepest cause with known advice wins.
    pub fn hint(&self) -> Option<String> {
        self.details
            .iter()
            .find_map(ServiceError::hint)
            .or_else(|| hint::for_code(&self.code).map(str::to_owned))
            .or_else(|| hint::for_text(&self.message))
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let leaf = self.leaf();
        let message = leaf.message.trim().trim_end_matches('.');
        match (message.is_empty(), leaf.code == self.status.to_string()) {
            (true, _) => write!(formatter, "`{}` answered {}", self.call, leaf.code),
            (false, true) => write!(
                formatter,
                "`{}` answered {}: {message}",
                self.call, leaf.code
            ),
            (false, false) if message.starts_with(&leaf.code) => formatter.write_str(message),
            (false, false) => write!(formatter, "{}: {message}", leaf.code),
        }
    }
}

/// The first of `keys` that holds a text.
fn text(object: &serde_json::Map<String, Value>, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| match object.get(*key)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// Key Vault's sharper code (`ForbiddenByRbac` within `Forbidden`).
fn inner_code(object: &serde_json::Map<String, Value>) -> Option<String> {
    text(object.get("innererror")?.as_object()?, &["code"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_read() {
        let table = [
            (
                r#"{"error":{"code":"ResourceNotFound","message":"No such site."}}"#,
                "ResourceNotFound: No such site",
            ),
            (
                r#"{"Code":"Conflict","Message":"Busy","Details":[{"Message":"Swap runs"}]}"#,
                "`PUT /x` answered 409: Swap runs",
            ),
            (
                r#"{"Message":"Deployment locked"}"#,
                "`PUT /x` answered 409: Deployment locked",
            ),
            (
                r#"{"error":{"code":"Forbidden","message":"no","innererror":{"code":"ForbiddenByRbac"}}}"#,
                "ForbiddenByRbac: no",
            ),
            (
                r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid secret.\r\nTrace"}"#,
                "AADSTS7000215: Invalid secret",
            ),
            (
                "There is a deployment",
                "`PUT /x` answered 409: There is a deployment",
            ),
            ("", "`PUT /x` answered 409"),
        ];
        for (body, expected) in table {
            let error = ServiceError::read(409, body.as_bytes(), "PUT /x");
            assert_eq!(error.to_string(), expected, "{body}");
        }
    }

    #[test]
    fn nested_causes_are_flattened_to_the_leaf() {
        let inner = r#"{"error":{"code":"SkuNotAvailable","message":"P1v3 is not offered"}}"#;
        let body = serde_json::json!({"error": {"code": "DeploymentFailed", "message": "see details", "details": [
            {"code": "Conflict", "message": inner, "target": "/plan"}]}});
        let error = ServiceError::from_value(409, &body).unwrap();
        assert_eq!(error.to_string(), "SkuNotAvailable: P1v3 is not offered");
        assert!(error.has_code("SkuNotAvailable") && error.has_code("DeploymentFailed"));
        assert!(error.hint().unwrap().contains("another size"));
    }
}
