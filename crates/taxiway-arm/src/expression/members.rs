//! `base.key` and `base[key]`.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::functions::type_name;
use super::{Expression, Failure, Reduced};
use crate::STAND_IN;

/// A member of a JSON object, by name without case, as Azure Resource Manager reads templates.
pub(crate) fn member<'v>(members: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    members.get(name).or_else(|| {
        members
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

/// The member of a value or of what is left of an expression.
///
/// # Errors
/// [`Failure`] where a known base has no such member.
pub(super) fn access<'v>(base: Reduced<'v>, key: Reduced<'v>) -> Result<Reduced<'v>, Failure> {
    match (base, key) {
        (Reduced::Value(base), Reduced::Value(key)) => match find(&base, &key) {
            Err(_) if stands_in(&base, &key) => Ok(Reduced::Rest(Expression::Member {
                base: Box::new(Expression::Literal(base.into_owned())),
                key: Box::new(Expression::Literal(key.into_owned())),
            })),
            Err(failure) => Err(failure),
            Ok(_) => known(base, &key).map(Reduced::Value),
        },
        (Reduced::Rest(base), key) => Ok(simplify(base, key.into_expression())),
        (base @ Reduced::Value(_), Reduced::Rest(key)) => Ok(Reduced::Rest(Expression::Member {
            base: Box::new(base.into_expression()),
            key: Box::new(key),
        })),
    }
}

/// Whether the key, or what it is looked up in, is made of text that stands for a value that nobody gave: what is not found in it
/// may be there when it is deployed.
fn stands_in(base: &Value, key: &Value) -> bool {
    let is_open = |value: &Value| value.as_str().is_some_and(|text| text.contains(STAND_IN));
    is_open(key)
        || base
            .as_array()
            .is_some_and(|elements| elements.iter().any(is_open))
}

/// A member that may be missing: null then.
pub(super) fn try_access<'v>(base: Cow<'v, Value>, key: &Value) -> Cow<'v, Value> {
    if base.is_null() {
        return base;
    }
    known(base, key).unwrap_or(Cow::Owned(Value::Null))
}

fn known<'v>(base: Cow<'v, Value>, key: &Value) -> Result<Cow<'v, Value>, Failure> {
    let found = match base {
        Cow::Borrowed(base) => find(base, key)?.map(Cow::Borrowed),
        Cow::Owned(base) => find(&base, key)?.cloned().map(Cow::Owned),
    };
    found.ok_or_else(|| Failure::new("The language expression property was not found."))
}

/// The member, or the reason why there is none.
fn find<'v>(base: &'v Value, key: &Value) -> Result<Option<&'v Value>, Failure> {
    match (base, key) {
        (Value::Object(members), Value::String(name)) => match member(members, name) {
            Some(found) => Ok(Some(found)),
            None => Err(Failure::new(format!(
                "The language expression property '{name}' doesn't exist, available properties are '{}'.",
                available(members)
            ))),
        },
        (Value::Array(elements), Value::Number(number)) => {
            let index = number
                .as_u64()
                .and_then(|index| usize::try_from(index).ok());
            match index.and_then(|index| elements.get(index)) {
                Some(found) => Ok(Some(found)),
                None => Err(Failure::new(format!(
                    "The language expression property array index '{number}' is out of bounds."
                ))),
            }
        }
        (Value::Object(_), _) => Err(Failure::new(
            "The language expression property name of an object must be a string.",
        )),
        (Value::Array(_), _) => Err(Failure::new(
            "The language expression property index of an array must be an integer.",
        )),
        (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_), key) => {
            Err(Failure::new(format!(
                "The language expression property {} can't be evaluated: the value is of type '{}'.",
                Expression::Literal(key.clone()),
                type_name(base)
            )))
        }
    }
}

fn available(members: &Map<String, Value>) -> String {
    const SHOWN: usize = 20;
    let mut names: Vec<&str> = members.keys().map(String::as_str).take(SHOWN).collect();
    if members.len() > SHOWN {
        names.push("…");
    }
    names.join(", ")
}

/// Takes a member out of an object or array of which only some parts are unknown.
fn simplify(base: Expression, key: Expression) -> Reduced<'static> {
    let position = match (&base, key.as_literal()) {
        (Expression::Call { .. }, Some(Value::String(name))) => {
            base.arguments_of("createObject").and_then(|arguments| {
                arguments
                    .iter()
                    .step_by(2)
                    .position(|key| matches!(key.as_literal(), Some(Value::String(key)) if key.eq_ignore_ascii_case(name)))
                    .map(|position| position * 2 + 1)
            })
        }
        (Expression::Call { .. }, Some(Value::Number(number))) => base
            .arguments_of("createArray")
            .and_then(|_| number.as_u64())
            .and_then(|index| usize::try_from(index).ok()),
        _ => None,
    };
    match (base, position) {
        (Expression::Call { mut arguments, .. }, Some(position)) if position < arguments.len() => {
            match arguments.swap_remove(position) {
                Expression::Literal(value) => Reduced::owned(value),
                rest => Reduced::Rest(rest),
            }
        }
        (base, _) => Reduced::Rest(Expression::Member {
            base: Box::new(base),
            key: Box::new(key),
        }),
    }
}
