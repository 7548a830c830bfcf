//! Evaluates expressions when a parameters file is compiled.
//!
//! What depends on an external input is not known yet: it stays an expression, with everything known in it as literals.

mod budget;
mod calls;
mod cidr;
mod date_time;
mod functions;
mod interpreter;
mod lambdas;
mod operators;
mod references;
mod text;
mod unique;
mod values;

use serde_json::Value;
use taxiway_diagnostics::Span;

use crate::arm::Arm;

pub(crate) use interpreter::{Failure, Inputs, Interpreter};

/// The value of a function of known values, if it has one.
pub(crate) fn function(name: &str, span: Span, arguments: Vec<Value>) -> Option<Value> {
    let arguments = arguments.into_iter().map(Evaluated::Known).collect();
    match functions::call(name, span, arguments, &budget::Budget::default()) {
        Ok(Evaluated::Known(value)) => Some(value),
        _ => None,
    }
}

/// The value of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Evaluated {
    Known(Value),
    /// Known only when the deployment starts.
    Deferred(Arm),
}

impl Evaluated {
    /// The value as an expression of the template language.
    pub(crate) fn into_arm(self) -> Arm {
        match self {
            Self::Known(value) => crate::emit::literal_arm(&value),
            Self::Deferred(arm) => arm,
        }
    }
}

impl From<Value> for Evaluated {
    fn from(value: Value) -> Self {
        Self::Known(value)
    }
}
