//! What `{:?}` shows of values that may hold secrets: everything but those values.

use std::fmt;

use crate::{Argument, Deployment, EvaluatedResource, Output, Parameter};

/// Stands where a value is not shown.
struct Hidden;

impl fmt::Debug for Hidden {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("*******")
    }
}

impl fmt::Debug for Argument {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Whether a value is a secret is known only with the template.
            Self::Value(_) => formatter.debug_tuple("Value").field(&Hidden).finish(),
            Self::KeyVault(reference) => {
                formatter.debug_tuple("KeyVault").field(reference).finish()
            }
            Self::Unknown => formatter.write_str("Unknown"),
        }
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: &dyn fmt::Debug = if self.secure { &Hidden } else { &self.value };
        formatter
            .debug_struct("Output")
            .field("output_type", &self.output_type)
            .field("value", shown)
            .finish()
    }
}

impl fmt::Debug for Parameter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: &dyn fmt::Debug = if self.secure { &Hidden } else { &self.value };
        formatter
            .debug_struct("Parameter")
            .field("parameter_type", &self.parameter_type)
            .field("value", shown)
            .finish()
    }
}

impl fmt::Debug for EvaluatedResource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("EvaluatedResource")
            .field("id", &self.id.as_str())
            .field("api_version", &self.api_version)
            .field("pointer", &self.pointer)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Deployment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Deployment")
            .field("resources", &self.resources())
            .field("parameters", self.parameters())
            .finish_non_exhaustive()
    }
}
