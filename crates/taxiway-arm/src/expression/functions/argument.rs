//! Arguments of functions as Rust types.

use serde_json::{Map, Value};

/// The type of a value, in Azure's words.
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "Null",
        Value::Bool(_) => "Boolean",
        Value::Number(number) if number.is_f64() => "Float",
        Value::Number(_) => "Integer",
        Value::String(_) => "String",
        Value::Array(_) => "Array",
        Value::Object(_) => "Object",
    }
}

pub(super) fn text<'v>(arguments: &[&'v Value], index: usize) -> Result<&'v str, String> {
    let value = arguments[index];
    value
        .as_str()
        .ok_or_else(|| expected(index, "String", value))
}

pub(super) fn integer(arguments: &[&Value], index: usize) -> Result<i64, String> {
    let value = arguments[index];
    whole(value).ok_or_else(|| expected(index, "Integer", value))
}

/// A number that says how many, or where; never negative.
pub(super) fn position(arguments: &[&Value], index: usize) -> Result<usize, String> {
    let number = integer(arguments, index)?;
    usize::try_from(number).map_err(|_| {
        format!(
            "its parameter at position '{}' must not be negative",
            index + 1
        )
    })
}

pub(super) fn truth(arguments: &[&Value], index: usize) -> Result<bool, String> {
    let value = arguments[index];
    value
        .as_bool()
        .ok_or_else(|| expected(index, "Boolean", value))
}

pub(super) fn array<'v>(arguments: &[&'v Value], index: usize) -> Result<&'v Vec<Value>, String> {
    let value = arguments[index];
    value
        .as_array()
        .ok_or_else(|| expected(index, "Array", value))
}

pub(super) fn object<'v>(
    arguments: &[&'v Value],
    index: usize,
) -> Result<&'v Map<String, Value>, String> {
    let value = arguments[index];
    value
        .as_object()
        .ok_or_else(|| expected(index, "Object", value))
}

/// All arguments as text.
pub(super) fn texts<'v>(arguments: &[&'v Value]) -> Result<Vec<&'v str>, String> {
    (0..arguments.len())
        .map(|index| text(arguments, index))
        .collect()
}

pub(super) fn expected(index: usize, kind: &str, value: &Value) -> String {
    format!(
        "its parameter at position '{}' must be of type '{kind}', not '{}'",
        index + 1,
        type_name(value)
    )
}

/// A whole number, also one that JSON writes with a fraction of zero.
fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        value
            .as_f64()
            .filter(|number| number.fract() == 0.0)
            .and_then(|number| format!("{number:.0}").parse().ok())
    })
}
