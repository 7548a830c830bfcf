//! Operators, items and iteration on partly known values.

use std::rc::Rc;

use ruff_python_ast::{CmpOp, Operator, UnaryOp};

use super::expression::{LONGEST_TEXT, MOST_ITEMS};
use super::value::{HOLE, Value};

/// The items that a loop goes through; `None` where they are not known.
pub(crate) fn iterate<'a>(value: &Value<'a>) -> Option<Vec<Value<'a>>> {
    match value {
        Value::List(items) => Some(items.to_vec()),
        Value::Dict(items) => Some(items.iter().map(|(key, _)| key.clone()).collect()),
        Value::Choice(choice) => {
            // What is in any of the alternatives, marked where it is not in the default.
            let mut all = match &choice.default {
                Some(default) => iterate(default)?,
                None => Vec::new(),
            };
            for other in &choice.others {
                for item in iterate(other)? {
                    if !all.contains(&item) {
                        all.push(Value::Maybe(Rc::new(item)));
                    }
                }
            }
            Some(all)
        }
        Value::Class(class) => Some(
            class
                .attributes
                .values()
                .map(|binding| binding.value.clone())
                .filter(|value| matches!(value, Value::Text(_) | Value::Int(_)))
                .collect(),
        ),
        Value::None => Some(Vec::new()),
        _ => None,
    }
}

/// Both texts in a row.
pub(crate) fn concatenate<'a>(left: &Value<'a>, right: &Value<'a>) -> Value<'a> {
    let hole = || Rc::from(HOLE.to_string());
    let is_unknown = |value: &Value<'a>| value.as_text().is_none_or(|text| text.contains(HOLE));
    let text = |value: &Value<'a>| match value {
        Value::Text(text) | Value::Path(text) => text.clone(),
        Value::Unknown {
            text: Some(text), ..
        } => text.clone(),
        _ => hole(),
    };
    let joined = format!("{}{}", text(left), text(right));
    if joined.len() > LONGEST_TEXT {
        return Value::made_from([left, right]);
    }
    let known = |value: &Value<'a>| matches!(value, Value::Text(_)) || !is_unknown(value);
    if known(left) && known(right) {
        return Value::Text(joined.into());
    }
    match Value::made_from([left, right]) {
        Value::Unknown { names, .. } => Value::Unknown {
            names,
            text: Some(joined.into()),
        },
        value => value,
    }
}

/// The result of a binary operator.
pub(crate) fn binary<'a>(operator: Operator, left: &Value<'a>, right: &Value<'a>) -> Value<'a> {
    match (operator, left, right) {
        (Operator::Add, Value::List(one), Value::List(other)) => {
            let items: Vec<Value<'a>> = one.iter().chain(other.iter()).cloned().collect();
            if items.len() > MOST_ITEMS {
                return Value::made_from([left, right]);
            }
            Value::list(items)
        }
        // Part of a list is better than nothing.
        (Operator::Add, Value::List(known), Value::Unknown { .. }) => {
            let mut items = known.to_vec();
            items.push(Value::Maybe(Rc::new(right.clone())));
            Value::list(items)
        }
        (Operator::Add, Value::Unknown { text: None, .. }, Value::List(known)) => {
            let mut items = vec![Value::Maybe(Rc::new(left.clone()))];
            items.extend(known.iter().cloned());
            Value::list(items)
        }
        (Operator::Add, Value::Text(_), Value::Text(_) | Value::Unknown { .. })
        | (Operator::Add, Value::Unknown { .. }, Value::Text(_)) => concatenate(left, right),
        (Operator::Add, Value::Unknown { text: Some(_), .. }, Value::Unknown { .. }) => {
            concatenate(left, right)
        }
        (Operator::Add, Value::Int(one), Value::Int(other)) => {
            one.checked_add(*other).map_or(Value::unknown(), Value::Int)
        }
        (Operator::Sub, Value::Int(one), Value::Int(other)) => {
            one.checked_sub(*other).map_or(Value::unknown(), Value::Int)
        }
        (Operator::Mult, Value::Int(one), Value::Int(other)) => {
            one.checked_mul(*other).map_or(Value::unknown(), Value::Int)
        }
        (Operator::BitOr, Value::Dict(one), Value::Dict(other)) => {
            let mut items = one.to_vec();
            items.extend(other.iter().cloned());
            Value::dict(items)
        }
        (Operator::Div, Value::Path(folder), _) => super::path::below(folder, right, true),
        (Operator::Mod, Value::Text(format), _) => super::method::percent(format, right),
        (Operator::Sub, Value::Instance(_), Value::Int(levels)) => super::path::up(left, *levels),
        _ => Value::made_from([left, right]),
    }
}

pub(crate) fn unary<'a>(operator: UnaryOp, operand: &Value<'a>) -> Value<'a> {
    match (operator, operand) {
        (UnaryOp::Not, value) => match value.truth() {
            Some(truth) => Value::Bool(!truth),
            None => Value::made_from([value]),
        },
        (UnaryOp::USub, Value::Int(number)) => {
            number.checked_neg().map_or(Value::unknown(), Value::Int)
        }
        (UnaryOp::USub, Value::Float(number)) => Value::Float(-number),
        (UnaryOp::UAdd, value) => value.clone(),
        _ => Value::made_from([operand]),
    }
}

pub(crate) fn compare<'a>(operator: CmpOp, left: &Value<'a>, right: &Value<'a>) -> Value<'a> {
    let not = |value: Value<'a>| unary(UnaryOp::Not, &value);
    match operator {
        CmpOp::Eq | CmpOp::Is => equal(left, right),
        CmpOp::NotEq | CmpOp::IsNot => not(equal(left, right)),
        CmpOp::In => contains(right, left),
        CmpOp::NotIn => not(contains(right, left)),
        CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE => match (left, right) {
            (Value::Int(left), Value::Int(right)) => Value::Bool(match operator {
                CmpOp::Lt => left < right,
                CmpOp::LtE => left <= right,
                CmpOp::Gt => left > right,
                _ => left >= right,
            }),
            _ => Value::made_from([left, right]),
        },
    }
}

/// Whether two values are equal.
pub(crate) fn equal<'a>(left: &Value<'a>, right: &Value<'a>) -> Value<'a> {
    if let (Some(left), Some(right)) = (left.as_text(), right.as_text())
        && !left.contains(HOLE)
        && !right.contains(HOLE)
    {
        return Value::Bool(left == right);
    }
    let is_simple = |value: &Value<'a>| {
        matches!(
            value,
            Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Text(_)
        )
    };
    if is_simple(left) && is_simple(right) {
        let number = |value: &Value<'a>| match value {
            Value::Bool(value) => Some(i64::from(*value)),
            Value::Int(value) => Some(*value),
            _ => None,
        };
        return match (number(left), number(right)) {
            (Some(left), Some(right)) => Value::Bool(left == right),
            _ => Value::Bool(left == right),
        };
    }
    // What the environment gives is not `None`.
    let is_given =
        |value: &Value<'a>| matches!(value, Value::Unknown { names, .. } if !names.is_empty());
    if (is_given(left) && *right == Value::None) || (is_given(right) && *left == Value::None) {
        return match Value::made_from([left, right]) {
            Value::Unknown { .. } => Value::Bool(false),
            value => value,
        };
    }
    match (left, right) {
        (Value::List(one), Value::List(other)) if one == other => Value::Bool(true),
        _ => Value::made_from([left, right]),
    }
}

pub(crate) fn contains<'a>(container: &Value<'a>, item: &Value<'a>) -> Value<'a> {
    let unsure = || Value::made_from([container, item]);
    match container {
        Value::List(items) => {
            let mut is_known = true;
            for own in items.iter() {
                let (own, certain) = match own {
                    Value::Maybe(inner) => (&**inner, false),
                    own => (own, true),
                };
                match equal(own, item) {
                    Value::Bool(true) if certain => return Value::Bool(true),
                    Value::Bool(false) => {}
                    _ => is_known = false,
                }
            }
            if is_known {
                Value::Bool(false)
            } else {
                unsure()
            }
        }
        Value::Dict(items) => match item.as_text() {
            Some(key) => Value::Bool(items.iter().any(|(name, _)| name.as_text() == Some(key))),
            None => unsure(),
        },
        Value::Text(text) => match item {
            Value::Text(part) if !text.contains(HOLE) => Value::Bool(text.contains(&**part)),
            _ => unsure(),
        },
        _ => unsure(),
    }
}

/// The item of a list or dictionary, or the character of a text.
pub(crate) fn item<'a>(value: &Value<'a>, key: &Value<'a>) -> Value<'a> {
    let unsure = || Value::made_from([value]);
    match (value, key) {
        (Value::List(items), Value::Int(index)) => {
            let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
            let index = if *index < 0 { index + length } else { *index };
            usize::try_from(index)
                .ok()
                .and_then(|index| items.get(index))
                .map_or_else(unsure, |found| match found {
                    Value::Maybe(inner) => (**inner).clone(),
                    found => found.clone(),
                })
        }
        (Value::Dict(items), key) => items
            .iter()
            .rev()
            .find(|(name, _)| name == key)
            .map_or_else(unsure, |(_, found)| match found {
                Value::Maybe(inner) => (**inner).clone(),
                found => found.clone(),
            }),
        // An enumeration's member, by name.
        (Value::Class(class), Value::Text(name)) => class
            .attributes
            .get(name)
            .map_or_else(unsure, |binding| binding.value.clone()),
        _ => unsure(),
    }
}

pub(crate) fn sliced<'a>(
    value: &Value<'a>,
    lower: Option<&Value<'a>>,
    upper: Option<&Value<'a>>,
) -> Value<'a> {
    let bound = |bound: Option<&Value<'a>>, length: usize, other: usize| match bound {
        None | Some(Value::None) => Some(other),
        Some(Value::Int(index)) => {
            let length = i64::try_from(length).ok()?;
            let index = if *index < 0 { index + length } else { *index };
            usize::try_from(index.clamp(0, length)).ok()
        }
        Some(_) => None,
    };
    match value {
        Value::List(items) => {
            let (Some(start), Some(end)) = (
                bound(lower, items.len(), 0),
                bound(upper, items.len(), items.len()),
            ) else {
                return Value::made_from([value]);
            };
            Value::list(items.get(start..end.max(start)).unwrap_or(&[]).to_vec())
        }
        Value::Text(text) if !text.contains(HOLE) => {
            let characters: Vec<char> = text.chars().collect();
            let (Some(start), Some(end)) = (
                bound(lower, characters.len(), 0),
                bound(upper, characters.len(), characters.len()),
            ) else {
                return Value::made_from([value]);
            };
            let part: String = characters
                .get(start..end.max(start))
                .unwrap_or(&[])
                .iter()
                .collect();
            Value::text(&part)
        }
        _ => Value::made_from([value]),
    }
}

/// A list or dictionary with one item changed or added.
pub(crate) fn with_item<'a>(
    value: &Value<'a>,
    key: &Value<'a>,
    change: &mut dyn FnMut(&Value<'a>) -> Value<'a>,
) -> Value<'a> {
    match (value, key) {
        (Value::Dict(items), key) => {
            let mut items = items.to_vec();
            match items.iter_mut().rev().find(|(name, _)| name == key) {
                Some((_, found)) => *found = found.map(change),
                None => items.push((key.clone(), change(&Value::unknown()))),
            }
            Value::dict(items)
        }
        (Value::List(items), Value::Int(index)) => {
            let mut items = items.to_vec();
            let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
            let index = if *index < 0 { index + length } else { *index };
            if let Some(found) = usize::try_from(index)
                .ok()
                .and_then(|index| items.get_mut(index))
            {
                *found = found.map(change);
            }
            Value::list(items)
        }
        _ => value.clone(),
    }
}
