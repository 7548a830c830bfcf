//! Why an expression has no value.

use crate::TemplateDiagnostic;

/// An error of evaluation, in Azure's words; the place is filled in by whoever knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// Where in the template, once known.
    pub(crate) pointer: Option<String>,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::with_code("InvalidTemplate", message)
    }

    pub(crate) fn with_code(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            pointer: None,
        }
    }

    /// Adds the place and the expression, unless an inner place is known already.
    pub(crate) fn at(self, pointer: impl FnOnce() -> String, expression: &str) -> Self {
        if self.pointer.is_some() {
            return self;
        }
        let inner = self.message.trim_end_matches('.');
        Self {
            code: self.code,
            message: format!(
                "Unable to process template language expression '[{}]': {inner}.",
                shortened(expression)
            ),
            pointer: Some(pointer()),
        }
    }

    /// Adds the place alone.
    pub(crate) fn at_place(mut self, pointer: impl FnOnce() -> String) -> Self {
        self.pointer.get_or_insert_with(pointer);
        self
    }

    pub(crate) fn into_diagnostic(self) -> TemplateDiagnostic {
        TemplateDiagnostic::error(self.code, self.pointer.unwrap_or_default(), self.message)
    }
}

/// The beginning of a long expression, so that a message stays readable.
fn shortened(expression: &str) -> String {
    const LONGEST: usize = 300;
    match expression.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &expression[..end]),
        None => expression.to_owned(),
    }
}
