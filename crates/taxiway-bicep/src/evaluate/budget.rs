//! What evaluating one file may cost, so that it ends soon whatever the file says.
//!
//! A few lines can stand for more values than a machine holds: variables that each hold the one before twice, functions
//! that call each other twice, texts replaced within texts. So every value is weighed when it is made: how large and how
//! deep one may be is limited, and how much all of them weigh together. Azure takes 4 MB of parameters, far less.

use std::cell::Cell;

use serde_json::Value;
use taxiway_diagnostics::Span;

use super::Evaluated;
use super::interpreter::{Failure, fail};
use crate::arm::Arm;

/// How much one value may weigh: bytes of text, and [`NODE`] for each value in it.
const MAX_VALUE: usize = 8 << 20;
/// How much all values may weigh together, those on the way to others included.
const MAX_TOTAL: usize = 128 << 20;
/// Values within each other.
const MAX_DEPTH: usize = 100;
/// What a value weighs besides its text.
const NODE: usize = 16;

#[derive(Debug, Default)]
pub(super) struct Budget {
    spent: Cell<usize>,
}

impl Budget {
    /// Takes the weight of `value`, which the expression at `span` has.
    pub(super) fn spend(&self, span: Span, value: &Evaluated) -> Result<(), Failure> {
        let Some(weight) = weight(value) else {
            return fail(
                span,
                format!(
                    "this value is larger than {} MB, or more than {MAX_DEPTH} values are within each other: make it smaller",
                    MAX_VALUE >> 20
                ),
            );
        };
        self.take(span, weight)
    }

    /// Takes the weight of what a call is about to return.
    pub(super) fn spend_on_call(&self, span: Span, name: &str, size: usize) -> Result<(), Failure> {
        if size > MAX_VALUE {
            return fail(
                span,
                format!(
                    "`{name}` would return more than {} MB here: make it smaller",
                    MAX_VALUE >> 20
                ),
            );
        }
        self.take(span, size)
    }

    fn take(&self, span: Span, weight: usize) -> Result<(), Failure> {
        let spent = self.spent.get().saturating_add(weight);
        if spent > MAX_TOTAL {
            return fail(
                span,
                format!(
                    "evaluating this file takes too long: its values weigh more than {} MB together, those on the way \
                     to others included; use fewer or smaller ones",
                    MAX_TOTAL >> 20
                ),
            );
        }
        self.spent.set(spent);
        Ok(())
    }
}

/// The weight of a value, unless it is too large or too deep.
fn weight(value: &Evaluated) -> Option<usize> {
    let mut left = MAX_VALUE;
    match value {
        Evaluated::Known(value) => weigh(value, MAX_DEPTH, &mut left)?,
        Evaluated::Deferred(arm) => weigh_expression(arm, MAX_DEPTH, &mut left)?,
    }
    Some(MAX_VALUE - left)
}

fn weigh(value: &Value, depth: usize, left: &mut usize) -> Option<()> {
    *left = left.checked_sub(NODE)?;
    let depth = depth.checked_sub(1)?;
    match value {
        Value::String(text) => *left = left.checked_sub(text.len())?,
        Value::Array(items) => {
            for item in items {
                weigh(item, depth, left)?;
            }
        }
        Value::Object(members) => {
            for (key, value) in members {
                *left = left.checked_sub(key.len())?;
                weigh(value, depth, left)?;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Some(())
}

fn weigh_expression(arm: &Arm, depth: usize, left: &mut usize) -> Option<()> {
    *left = left.checked_sub(NODE)?;
    let depth = depth.checked_sub(1)?;
    match arm {
        Arm::Int(_) => {}
        Arm::String(text) => *left = left.checked_sub(text.len())?,
        Arm::Call {
            name,
            arguments,
            accesses,
        } => {
            *left = left.checked_sub(name.len())?;
            for inner in arguments.iter().chain(accesses) {
                weigh_expression(inner, depth, left)?;
            }
        }
    }
    Some(())
}
