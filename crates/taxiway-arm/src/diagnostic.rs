//! What is wrong with a template, in Azure's codes and words.

use std::fmt;

use serde::Serialize;
use taxiway_diagnostics::Severity;

/// One thing to say about a template or its parameters, at a place given as a JSON pointer (RFC 6901).
///
/// A source map leads from the pointer back to Bicep; the codes are those of Azure Resource Manager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TemplateDiagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Azure's error code: `InvalidTemplate`, `InvalidTemplateDeployment`, …
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// Where in the template, through nested templates; empty for the template as a whole.
    pub pointer: String,
}

impl TemplateDiagnostic {
    /// An error at a place of the template.
    pub fn error(
        code: &'static str,
        pointer: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            pointer: pointer.into(),
        }
    }

    /// A warning about a place of the template.
    pub fn warning(
        code: &'static str,
        pointer: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, pointer, message)
        }
    }

    /// Whether it stops the deployment.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for TemplateDiagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.code, self.message)?;
        if !self.pointer.is_empty() {
            write!(formatter, " (at {})", self.pointer)?;
        }
        Ok(())
    }
}

impl std::error::Error for TemplateDiagnostic {}
