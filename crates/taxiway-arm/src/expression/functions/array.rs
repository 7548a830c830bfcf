//! Functions of arrays, some of which also take strings or objects.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::argument::{self, expected};
use super::format::display;
use super::text::{length, slice, unit_offset};
use super::{MANY, Outcome, Pure, pure};
use crate::expression::member;

pub(super) const FUNCTIONS: &[Pure] = &[
    pure("createArray", 0, MANY, |arguments| {
        Ok(arguments.iter().map(|element| (*element).clone()).collect())
    }),
    pure("array", 1, 1, |arguments| {
        Ok(match arguments[0] {
            array @ Value::Array(_) => array.clone(),
            other => Value::Array(vec![other.clone()]),
        })
    }),
    pure("concat", 1, MANY, concat),
    pure("contains", 2, 2, contains),
    pure("empty", 1, 1, |arguments| {
        Ok(match arguments[0] {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(elements) => elements.is_empty(),
            Value::Object(members) => members.is_empty(),
            other => return Err(expected(0, "String, Array or Object", other)),
        }
        .into())
    }),
    pure("length", 1, 1, |arguments| {
        Ok(match arguments[0] {
            Value::String(text) => length(text),
            Value::Array(elements) => elements.len(),
            Value::Object(members) => members.len(),
            other => return Err(expected(0, "String, Array or Object", other)),
        }
        .into())
    }),
    pure("first", 1, 1, |arguments| {
        Ok(match arguments[0] {
            Value::String(text) => slice(text, 0, 1).into(),
            Value::Array(elements) => elements.first().cloned().unwrap_or_default(),
            other => return Err(expected(0, "String or Array", other)),
        })
    }),
    pure("last", 1, 1, |arguments| {
        Ok(match arguments[0] {
            Value::String(text) => slice(text, length(text).saturating_sub(1), 1).into(),
            Value::Array(elements) => elements.last().cloned().unwrap_or_default(),
            other => return Err(expected(0, "String or Array", other)),
        })
    }),
    pure("take", 2, 2, |arguments| {
        let count = count(arguments)?;
        Ok(match arguments[0] {
            Value::String(text) => slice(text, 0, count).into(),
            Value::Array(elements) => elements.iter().take(count).cloned().collect(),
            other => return Err(expected(0, "String or Array", other)),
        })
    }),
    pure("skip", 2, 2, |arguments| {
        let count = count(arguments)?;
        Ok(match arguments[0] {
            Value::String(text) => slice(text, count, usize::MAX).into(),
            Value::Array(elements) => elements.iter().skip(count).cloned().collect(),
            other => return Err(expected(0, "String or Array", other)),
        })
    }),
    pure("indexFromEnd", 2, 2, |arguments| {
        from_end(arguments)?.ok_or_else(|| {
            format!(
                "the index '{}' from the end is out of bounds",
                display(arguments[1])
            )
        })
    }),
    pure("tryIndexFromEnd", 2, 2, |arguments| {
        if arguments[0].is_null() {
            return Ok(Value::Null);
        }
        Ok(from_end(arguments)?.unwrap_or_default())
    }),
    pure("indexOf", 2, 2, |arguments| match arguments[0] {
        Value::Array(elements) => Ok(array_offset(
            elements.iter().position(|element| element == arguments[1]),
        )),
        _ => {
            let (text, wanted) = lower_texts(arguments)?;
            Ok(unit_offset(&text, text.find(&wanted)))
        }
    }),
    pure("lastIndexOf", 2, 2, |arguments| match arguments[0] {
        Value::Array(elements) => Ok(array_offset(
            elements.iter().rposition(|element| element == arguments[1]),
        )),
        _ => {
            let (text, wanted) = lower_texts(arguments)?;
            Ok(unit_offset(&text, text.rfind(&wanted)))
        }
    }),
    pure("range", 2, 2, range),
    pure("flatten", 1, 1, |arguments| {
        let mut flat = Vec::new();
        for element in argument::array(arguments, 0)? {
            match element {
                Value::Array(elements) => flat.extend(elements.iter().cloned()),
                other => return Err(expected(0, "Array of Arrays", other)),
            }
        }
        Ok(Value::Array(flat))
    }),
    pure("distinct", 1, 1, |arguments| {
        Ok(distinct(argument::array(arguments, 0)?))
    }),
    pure("union", 1, MANY, union),
    pure("intersection", 1, MANY, intersection),
];

/// A value as a key for sets: equal values have equal keys, whatever the order of their members.
pub(super) fn key(value: &Value) -> String {
    fn sorted(value: &Value) -> Value {
        match value {
            Value::Object(members) => {
                let mut members: Vec<(&String, &Value)> = members.iter().collect();
                members.sort_by_key(|(name, _)| *name);
                Value::Object(
                    members
                        .into_iter()
                        .map(|(name, member)| (name.clone(), sorted(member)))
                        .collect(),
                )
            }
            Value::Array(elements) => elements.iter().map(sorted).collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
        }
    }
    sorted(value).to_string()
}

fn distinct<'v>(elements: impl IntoIterator<Item = &'v Value>) -> Value {
    let mut seen = HashSet::new();
    elements
        .into_iter()
        .filter(|element| seen.insert(key(element)))
        .cloned()
        .collect()
}

/// How many elements to take or skip; a negative number is none.
fn count(arguments: &[&Value]) -> Result<usize, String> {
    argument::integer(arguments, 1).map(|count| usize::try_from(count).unwrap_or(0))
}

fn concat(arguments: &[&Value]) -> Outcome {
    if arguments.iter().all(|argument| argument.is_array()) {
        return Ok(arguments
            .iter()
            .flat_map(|argument| argument.as_array().into_iter().flatten())
            .cloned()
            .collect());
    }
    let mut text = String::new();
    for (index, argument) in arguments.iter().enumerate() {
        match argument {
            Value::Array(_) | Value::Object(_) => {
                return Err(expected(index, "String", argument));
            }
            scalar => text.push_str(&display(scalar)),
        }
    }
    Ok(text.into())
}

fn contains(arguments: &[&Value]) -> Outcome {
    Ok(match arguments[0] {
        Value::String(text) => match arguments[1] {
            Value::String(_) | Value::Number(_) => text.contains(&display(arguments[1])),
            other => return Err(expected(1, "String", other)),
        },
        Value::Array(elements) => elements.contains(arguments[1]),
        Value::Object(members) => member(members, &display(arguments[1])).is_some(),
        other => return Err(expected(0, "String, Array or Object", other)),
    }
    .into())
}

fn from_end(arguments: &[&Value]) -> Result<Option<Value>, String> {
    let elements = argument::array(arguments, 0)?;
    let back = argument::position(arguments, 1)?;
    Ok(elements
        .len()
        .checked_sub(back)
        .and_then(|index| elements.get(index))
        .cloned())
}

fn array_offset(position: Option<usize>) -> Value {
    position.map_or_else(|| (-1).into(), Value::from)
}

fn lower_texts(arguments: &[&Value]) -> Result<(String, String), String> {
    Ok((
        argument::text(arguments, 0)?.to_lowercase(),
        argument::text(arguments, 1)?.to_lowercase(),
    ))
}

fn range(arguments: &[&Value]) -> Outcome {
    /// Source: ARM documentation, "range".
    const MAX_COUNT: usize = 10_000;
    let start = argument::integer(arguments, 0)?;
    let count = argument::position(arguments, 1)?;
    if count > MAX_COUNT {
        return Err(format!("the count must not exceed {MAX_COUNT}"));
    }
    let count = i64::try_from(count).unwrap_or(0);
    let end = start
        .checked_add(count)
        .ok_or("the last number does not fit into 64 bits")?;
    Ok((start..end).map(Value::from).collect())
}

fn union(arguments: &[&Value]) -> Outcome {
    if arguments.iter().all(|argument| argument.is_array()) {
        return Ok(distinct(
            arguments
                .iter()
                .flat_map(|argument| argument.as_array().into_iter().flatten()),
        ));
    }
    let mut merged = Map::new();
    for index in 0..arguments.len() {
        merge(&mut merged, argument::object(arguments, index)?);
    }
    Ok(Value::Object(merged))
}

/// Members of `from` win; objects in both are merged.
fn merge(into: &mut Map<String, Value>, from: &Map<String, Value>) {
    for (name, value) in from {
        match (into.get_mut(name), value) {
            (Some(Value::Object(existing)), Value::Object(members)) => merge(existing, members),
            (Some(existing), value) => *existing = value.clone(),
            (None, value) => {
                into.insert(name.clone(), value.clone());
            }
        }
    }
}

fn intersection(arguments: &[&Value]) -> Outcome {
    if arguments.iter().all(|argument| argument.is_array()) {
        let sets: Vec<HashSet<String>> = arguments[1..]
            .iter()
            .map(|argument| argument.as_array().into_iter().flatten().map(key).collect())
            .collect();
        return Ok(distinct(argument::array(arguments, 0)?.iter().filter(
            |element| {
                let element = key(element);
                sets.iter().all(|set| set.contains(&element))
            },
        )));
    }
    let mut common = argument::object(arguments, 0)?.clone();
    for index in 1..arguments.len() {
        let members = argument::object(arguments, index)?;
        common.retain(|name, value| members.get(name) == Some(value));
    }
    Ok(Value::Object(common))
}
