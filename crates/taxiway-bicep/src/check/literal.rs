//! Values that are known now, as types and back.

use std::rc::Rc;

use serde_json::Value;
use taxiway_diagnostics::Span;

use crate::evaluate;
use crate::types::{Flags, Member, Object, Type};

/// Functions that are worked out when all they are given is known.
const FOLDED: &[&str] = &[
    "base64",
    "base64ToString",
    "concat",
    "contains",
    "empty",
    "endsWith",
    "format",
    "indexOf",
    "join",
    "lastIndexOf",
    "length",
    "like",
    "max",
    "min",
    "padLeft",
    "replace",
    "skip",
    "split",
    "startsWith",
    "substring",
    "take",
    "toLower",
    "toUpper",
    "trim",
    "uriComponent",
];

/// The exact type of a value.
pub(super) fn of_value(value: &Value) -> Type {
    match value {
        Value::Null => Type::Null,
        Value::Bool(value) => Type::BoolLiteral(*value),
        Value::Number(number) => number.as_i64().map_or(Type::Any, Type::IntLiteral),
        Value::String(text) => Type::literal(text),
        Value::Array(items) => Type::Tuple(items.iter().map(of_value).collect()),
        Value::Object(members) => Type::Object(Rc::new(Object {
            name: Rc::from("object"),
            members: members
                .iter()
                .map(|(name, value)| {
                    let kind = of_value(value);
                    let flags = Flags::REQUIRED;
                    (Rc::from(name.as_str()), Member { kind, flags })
                })
                .collect(),
            ..Object::default()
        })),
    }
}

/// The one value of a type, where it has only one.
fn value_of(kind: &Type) -> Option<Value> {
    Some(match kind {
        Type::Null => Value::Null,
        Type::BoolLiteral(value) => (*value).into(),
        Type::IntLiteral(value) => (*value).into(),
        Type::StringLiteral(text) => text.to_string().into(),
        Type::Tuple(items) => items
            .iter()
            .map(value_of)
            .collect::<Option<Vec<_>>>()?
            .into(),
        _ => return None,
    })
}

/// How much text and how many items a call is worked out for.
const MAX_FOLDED: usize = 1 << 12;

/// Whether a value is short enough to be worked with; takes its length off what is left.
fn is_short(kind: &Type, left: &mut usize) -> bool {
    let length = match kind {
        Type::StringLiteral(text) => text.len(),
        Type::Tuple(items) => {
            if !items.iter().all(|item| is_short(item, left)) {
                return false;
            }
            items.len()
        }
        Type::IntLiteral(value) if *value > 1 << 12 => return false,
        _ => 1,
    };
    match left.checked_sub(length) {
        Some(rest) => {
            *left = rest;
            true
        }
        None => false,
    }
}

/// Whether a call of known arguments can only fail. Functions that this compiler cannot work out in full are none of them.
pub(super) fn fails(name: &str, arguments: &[Type]) -> bool {
    let values: Option<Vec<Value>> = arguments.iter().map(value_of).collect();
    matches!(name, "format" | "uri")
        && values.is_some_and(|values| evaluate::function(name, Span::at(0), values).is_none())
}

/// The type of a call whose arguments are known.
pub(super) fn fold(name: &str, arguments: &[Type]) -> Option<Type> {
    if !FOLDED.contains(&name) {
        return None;
    }
    let mut left = MAX_FOLDED;
    if !arguments
        .iter()
        .all(|argument| is_short(argument, &mut left))
    {
        return None;
    }
    let values: Option<Vec<Value>> = arguments.iter().map(value_of).collect();
    let value = evaluate::function(name, Span::at(0), values?)?;
    Some(of_value(&value))
}
