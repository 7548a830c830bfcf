//! The assertions of a template: conditions that have to hold when its deployment starts.

use serde_json::{Map, Value};

use crate::TemplateDiagnostic;
use crate::bindings::Bindings;
use crate::expression::{Evaluator, Failure, Frame, Reduced, member};
use crate::pointer::{Place, escape};

/// The assertions that do not hold. One that only a running deployment could decide passes.
pub(crate) fn check(
    template: &Map<String, Value>,
    bindings: &Bindings,
    pointer: &str,
) -> Vec<TemplateDiagnostic> {
    let evaluator = Evaluator {
        bindings,
        runtime: None,
    };
    let asserts = member(template, "asserts").and_then(Value::as_object);
    let mut diagnostics = Vec::new();
    for (name, condition) in asserts.into_iter().flatten() {
        let place = format!("{pointer}/asserts/{}", escape(name));
        let outcome = evaluator.json(condition, &Place::root(&place), &Frame::default());
        let failure = match outcome {
            Ok(Reduced::Value(value)) if value.as_bool() != Some(true) => Failure::with_code(
                "AssertionFailed",
                format!("The assertion '{name}' does not hold."),
            ),
            Ok(Reduced::Value(_) | Reduced::Rest(_)) => continue,
            Err(failure) => failure,
        };
        diagnostics.push(failure.at_place(|| place).into_diagnostic());
    }
    diagnostics
}
