//! Functions of integers, which have 64 bits; what does not fit is refused.

use serde_json::Value;

use super::argument::{self, expected};
use super::{MANY, Outcome, Pure, pure};

pub(super) const FUNCTIONS: &[Pure] = &[
    pure("add", 2, 2, |arguments| {
        checked(arguments, i64::checked_add)
    }),
    pure("sub", 2, 2, |arguments| {
        checked(arguments, i64::checked_sub)
    }),
    pure("mul", 2, 2, |arguments| {
        checked(arguments, i64::checked_mul)
    }),
    pure("div", 2, 2, |arguments| {
        checked(arguments, i64::checked_div)
    }),
    pure("mod", 2, 2, |arguments| {
        checked(arguments, i64::checked_rem)
    }),
    pure("int", 1, 1, |arguments| match arguments[0] {
        Value::String(text) => text
            .trim()
            .parse::<i64>()
            .map(Value::from)
            .map_err(|_| "the text is not an integer".to_owned()),
        Value::Number(_) => argument::integer(arguments, 0).map(Value::from),
        other => Err(expected(0, "String or Integer", other)),
    }),
    pure("float", 1, 1, |arguments| {
        let number = match arguments[0] {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_f64(),
        };
        number
            .and_then(serde_json::Number::from_f64)
            .map(Value::Number)
            .ok_or_else(|| "the parameter is not a number".to_owned())
    }),
    pure("min", 1, MANY, |arguments| {
        extreme(arguments, Iterator::min)
    }),
    pure("max", 1, MANY, |arguments| {
        extreme(arguments, Iterator::max)
    }),
];

fn checked(arguments: &[&Value], operation: fn(i64, i64) -> Option<i64>) -> Outcome {
    let left = argument::integer(arguments, 0)?;
    let right = argument::integer(arguments, 1)?;
    operation(left, right)
        .map(Value::from)
        .ok_or_else(|| "the result does not fit into 64 bits, or it divides by zero".to_owned())
}

fn extreme(arguments: &[&Value], pick: fn(std::vec::IntoIter<i64>) -> Option<i64>) -> Outcome {
    let elements: Vec<&Value> = match arguments {
        [Value::Array(elements)] => elements.iter().collect(),
        _ => arguments.to_vec(),
    };
    let numbers: Vec<i64> = (0..elements.len())
        .map(|index| argument::integer(&elements, index))
        .collect::<Result<_, _>>()?;
    pick(numbers.into_iter())
        .map(Value::from)
        .ok_or_else(|| "there is no number to pick from".to_owned())
}
