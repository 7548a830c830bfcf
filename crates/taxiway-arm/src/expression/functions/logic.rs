//! Functions of truth and comparison.

use std::cmp::Ordering;

use serde_json::Value;

use super::argument::{self, expected};
use super::{Outcome, Pure, pure};

pub(super) const FUNCTIONS: &[Pure] = &[
    pure("true", 0, 0, |_| Ok(Value::Bool(true))),
    pure("false", 0, 0, |_| Ok(Value::Bool(false))),
    pure("not", 1, 1, |arguments| {
        Ok((!argument::truth(arguments, 0)?).into())
    }),
    pure("bool", 1, 1, |arguments| match arguments[0] {
        Value::Bool(truth) => Ok((*truth).into()),
        Value::Number(number) => Ok((number.as_f64() != Some(0.0)).into()),
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Ok(true.into()),
            "false" | "0" => Ok(false.into()),
            _ => Err("the text is neither 'true' nor 'false'".to_owned()),
        },
        other => Err(expected(0, "String or Integer", other)),
    }),
    pure("equals", 2, 2, |arguments| {
        Ok(equals(arguments[0], arguments[1]).into())
    }),
    pure("less", 2, 2, |arguments| {
        compare(arguments, Ordering::is_lt)
    }),
    pure("lessOrEquals", 2, 2, |arguments| {
        compare(arguments, Ordering::is_le)
    }),
    pure("greater", 2, 2, |arguments| {
        compare(arguments, Ordering::is_gt)
    }),
    pure("greaterOrEquals", 2, 2, |arguments| {
        compare(arguments, Ordering::is_ge)
    }),
    pure("fail", 1, 1, |arguments| {
        Err(argument::text(arguments, 0)?.to_owned())
    }),
];

/// Deep equality; numbers are equal by value.
fn equals(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            left == right || left.as_f64() == right.as_f64()
        }
        _ => left == right,
    }
}

fn compare(arguments: &[&Value], holds: fn(Ordering) -> bool) -> Outcome {
    let ordering = match (arguments[0], arguments[1]) {
        (Value::String(left), Value::String(right)) => left.cmp(right),
        (Value::Number(left), Value::Number(right)) => match (left.as_i64(), right.as_i64()) {
            (Some(left), Some(right)) => left.cmp(&right),
            _ => left
                .as_f64()
                .partial_cmp(&right.as_f64())
                .unwrap_or(Ordering::Equal),
        },
        (Value::String(_) | Value::Number(_), right) => {
            return Err(expected(1, "that of its first parameter", right));
        }
        (left, _) => return Err(expected(0, "Integer or String", left)),
    };
    Ok(holds(ordering).into())
}
