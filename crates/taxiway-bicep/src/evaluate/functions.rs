//! Functions of values.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use taxiway_diagnostics::Span;

use super::budget::Budget;
use super::interpreter::{Outcome, fail};
use super::operators::{member, to_text};
use super::values::known;
use super::{Evaluated, cidr, date_time, text, unique};
use crate::arm::Arm;

/// Functions that go with values that are not known yet: the call stays as it is.
pub(super) fn call(name: &str, span: Span, arguments: Vec<Evaluated>, budget: &Budget) -> Outcome {
    let Some(values) = known(&arguments) else {
        let arguments: Vec<Arm> = arguments.into_iter().map(Evaluated::into_arm).collect();
        return Ok(Evaluated::Deferred(Arm::call(name, arguments)));
    };
    if name == "fail" {
        let message = values
            .first()
            .map_or_else(String::new, |value| to_text(value));
        return fail(span, message);
    }
    budget.spend_on_call(span, name, growth(name, &values))?;
    let result = on_text(name, &values)
        .or_else(|| on_collections(name, &values))
        .or_else(|| conversion(name, &values))
        .or_else(|| on_network_and_time(name, &values));
    match result {
        Some(value) => Ok(value.into()),
        None => fail(
            span,
            format!("`{name}` cannot be evaluated with these arguments in a parameters file"),
        ),
    }
}

/// How much text a call would return, where that does not follow from what its arguments weigh.
fn growth(name: &str, values: &[&Value]) -> usize {
    let text = |index: usize| values.get(index).and_then(|value| value.as_str());
    match (name, values) {
        ("replace", _) => match (text(0), text(1), text(2)) {
            (Some(whole), Some(old), Some(new)) => {
                let found = whole.matches(old).count();
                whole.len().saturating_add(found.saturating_mul(new.len()))
            }
            _ => 0,
        },
        ("join", [Value::Array(items), Value::String(between)]) => {
            items.len().saturating_mul(between.len())
        }
        ("padLeft", [_, width, ..]) => width
            .as_u64()
            .map_or(0, |width| usize::try_from(width).unwrap_or(usize::MAX)),
        ("format", [Value::String(pattern), rest @ ..]) => text::size_of_format(pattern, rest),
        _ => 0,
    }
}

fn on_text(name: &str, values: &[&Value]) -> Option<Value> {
    let string = |index: usize| values.get(index).and_then(|value| value.as_str());
    let integer = |index: usize| values.get(index).and_then(|value| value.as_i64());
    Some(match name {
        "toLower" => string(0)?.to_lowercase().into(),
        "toUpper" => string(0)?.to_uppercase().into(),
        "trim" => string(0)?.trim().into(),
        "replace" => string(0)?.replace(string(1)?, string(2)?).into(),
        "startsWith" => string(0)?
            .to_lowercase()
            .starts_with(&string(1)?.to_lowercase())
            .into(),
        "endsWith" => string(0)?
            .to_lowercase()
            .ends_with(&string(1)?.to_lowercase())
            .into(),
        "indexOf" if values.first()?.is_string() => {
            text::index_of(string(0)?, string(1)?, false).into()
        }
        "lastIndexOf" if values.first()?.is_string() => {
            text::index_of(string(0)?, string(1)?, true).into()
        }
        "substring" => text::substring(string(0)?, integer(1)?, integer(2))?.into(),
        "split" => text::split(string(0)?, values.get(1)?)?,
        "like" => crate::model::matches_pattern(string(1)?, string(0)?).into(),
        "format" => text::format(string(0)?, values.get(1..)?)?.into(),
        "padLeft" => {
            let width = usize::try_from(integer(1)?).ok()?;
            let padding = string(2).unwrap_or(" ").chars().next()?;
            let value = to_text(values.first()?);
            let missing = width.saturating_sub(value.chars().count());
            let mut padded: String = std::iter::repeat_n(padding, missing).collect();
            padded.push_str(&value);
            padded.into()
        }
        "join" => {
            let items = values.first()?.as_array()?;
            let items: Vec<String> = items.iter().map(to_text).collect();
            items.join(string(1)?).into()
        }
        "uri" => text::join_uri(string(0)?, string(1)?)?.into(),
        "uriComponent" => text::encode(string(0)?).into(),
        "uriComponentToString" => text::decode(string(0)?).into(),
        "parseUri" => text::parse_uri(string(0)?)?,
        "guid" => unique::guid(&texts(values)).into(),
        "uniqueString" => unique::unique_string(&texts(values)).into(),
        _ => return None,
    })
}

fn texts(values: &[&Value]) -> Vec<String> {
    values.iter().map(|value| to_text(value)).collect()
}

fn on_collections(name: &str, values: &[&Value]) -> Option<Value> {
    let first = values.first().copied()?;
    let integer = |index: usize| values.get(index).and_then(|value| value.as_i64());
    Some(match name {
        "length" => match first {
            Value::String(text) => text.encode_utf16().count().into(),
            Value::Array(items) => items.len().into(),
            Value::Object(members) => members.len().into(),
            _ => return None,
        },
        "empty" => match first {
            Value::Null => true.into(),
            Value::String(text) => text.is_empty().into(),
            Value::Array(items) => items.is_empty().into(),
            Value::Object(members) => members.is_empty().into(),
            _ => return None,
        },
        "contains" => contains(first, values.get(1)?)?.into(),
        "first" | "last" => edge(first, name == "first")?,
        "take" | "skip" => part(first, integer(1)?, name == "take")?,
        "indexOf" => position(first.as_array()?.iter().position(|item| item == values[1])),
        "lastIndexOf" => position(first.as_array()?.iter().rposition(|item| item == values[1])),
        "concat" => concat(values)?,
        "array" => match first {
            Value::Array(_) => first.clone(),
            other => json!([other]),
        },
        "range" => {
            let (start, count) = (first.as_i64()?, integer(1)?);
            if !(0..=10_000).contains(&count) {
                return None;
            }
            (start..start.checked_add(count)?)
                .map(Value::from)
                .collect()
        }
        "union" => union(values)?,
        "intersection" => intersection(values)?,
        "flatten" => {
            let mut flat = Vec::new();
            for items in first.as_array()? {
                flat.extend(items.as_array()?.iter().cloned());
            }
            Value::Array(flat)
        }
        "distinct" => distinct(first.as_array()?.iter()),
        "min" | "max" => extreme(values, name == "min")?,
        "items" => items(first)?,
        "objectKeys" => first
            .as_object()?
            .keys()
            .cloned()
            .map(Value::from)
            .collect(),
        "shallowMerge" => {
            let mut merged = Map::new();
            for object in first.as_array()? {
                merged.extend(object.as_object()?.clone());
            }
            Value::Object(merged)
        }
        "tryGet" => match (first, values.get(1)?) {
            (Value::Object(_), Value::String(name)) => {
                member(first, name).cloned().unwrap_or(Value::Null)
            }
            _ => return None,
        },
        _ => return None,
    })
}

fn position(found: Option<usize>) -> Value {
    found.map_or_else(|| Value::from(-1), Value::from)
}

fn contains(container: &Value, item: &Value) -> Option<bool> {
    Some(match container {
        Value::String(text) => text.to_lowercase().contains(&to_text(item).to_lowercase()),
        Value::Array(items) => items.contains(item),
        Value::Object(_) => member(container, item.as_str()?).is_some(),
        _ => return None,
    })
}

fn edge(value: &Value, is_first: bool) -> Option<Value> {
    match value {
        Value::String(text) => {
            let mut characters = text.chars();
            let found = if is_first {
                characters.next()
            } else {
                characters.next_back()
            };
            Some(found.map_or_else(String::new, String::from).into())
        }
        Value::Array(items) => {
            let found = if is_first {
                items.first()
            } else {
                items.last()
            };
            Some(found.cloned().unwrap_or(Value::Null))
        }
        _ => None,
    }
}

fn part(value: &Value, count: i64, is_take: bool) -> Option<Value> {
    let count = usize::try_from(count.max(0)).ok()?;
    Some(match value {
        Value::String(text) if is_take => text.chars().take(count).collect::<String>().into(),
        Value::String(text) => text.chars().skip(count).collect::<String>().into(),
        Value::Array(items) if is_take => items.iter().take(count).cloned().collect(),
        Value::Array(items) => items.iter().skip(count).cloned().collect(),
        _ => return None,
    })
}

fn concat(values: &[&Value]) -> Option<Value> {
    if values.iter().all(|value| value.is_array()) {
        let items = values.iter().filter_map(|value| value.as_array()).flatten();
        return Some(items.cloned().collect());
    }
    if values
        .iter()
        .any(|value| value.is_array() || value.is_object())
    {
        return None;
    }
    Some(texts(values).concat().into())
}

fn distinct<'v>(items: impl Iterator<Item = &'v Value>) -> Value {
    let mut seen = HashSet::new();
    items
        .filter(|item| seen.insert(identity(item)))
        .cloned()
        .collect()
}

/// A text that two values have in common just when they are equal: objects may have their members in any order.
fn identity(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(identity).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(key, _)| *key);
            let members: Vec<_> = members
                .into_iter()
                .map(|(key, value)| format!("{key:?}:{}", identity(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        other => other.to_string(),
    }
}

fn union(values: &[&Value]) -> Option<Value> {
    if values.iter().all(|value| value.is_array()) {
        return Some(distinct(
            values.iter().filter_map(|value| value.as_array()).flatten(),
        ));
    }
    let mut merged = Map::new();
    for value in values {
        merge(&mut merged, value.as_object()?);
    }
    Some(Value::Object(merged))
}

/// Objects within objects are merged too.
fn merge(target: &mut Map<String, Value>, source: &Map<String, Value>) {
    for (key, value) in source {
        match (target.get_mut(key), value) {
            (Some(Value::Object(inner)), Value::Object(value)) => merge(inner, value),
            _ => {
                target.insert(key.clone(), value.clone());
            }
        }
    }
}

fn intersection(values: &[&Value]) -> Option<Value> {
    let (first, rest) = values.split_first()?;
    match first {
        Value::Array(items) => {
            let rest: Option<Vec<HashSet<_>>> = rest
                .iter()
                .map(|other| Some(other.as_array()?.iter().map(identity).collect()))
                .collect();
            let rest = rest?;
            let kept = items.iter().filter(|item| {
                let identity = identity(item);
                rest.iter().all(|other| other.contains(&identity))
            });
            Some(distinct(kept))
        }
        Value::Object(members) => Some(
            members
                .iter()
                .filter(|(key, value)| rest.iter().all(|other| other.get(*key) == Some(value)))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect::<Map<_, _>>()
                .into(),
        ),
        _ => None,
    }
}

fn extreme(values: &[&Value], is_least: bool) -> Option<Value> {
    let numbers: Option<Vec<i64>> = match values {
        [Value::Array(items)] => items.iter().map(Value::as_i64).collect(),
        _ => values.iter().map(|value| value.as_i64()).collect(),
    };
    let numbers = numbers?;
    let found = if is_least {
        numbers.iter().min()
    } else {
        numbers.iter().max()
    };
    found.copied().map(Value::from)
}

fn items(value: &Value) -> Option<Value> {
    let mut members: Vec<_> = value.as_object()?.iter().collect();
    members.sort_by_key(|(key, _)| key.to_lowercase());
    Some(
        members
            .into_iter()
            .map(|(key, value)| json!({"key": key, "value": value}))
            .collect(),
    )
}

fn conversion(name: &str, values: &[&Value]) -> Option<Value> {
    let first = values.first().copied()?;
    Some(match name {
        "string" => match first {
            Value::Null => return None,
            other => to_text(other).into(),
        },
        "int" => match first {
            Value::Number(_) => first.clone(),
            Value::String(text) => text.trim().parse::<i64>().ok()?.into(),
            _ => return None,
        },
        "bool" => match first {
            Value::Bool(_) => first.clone(),
            Value::Number(number) => (number.as_i64()? != 0).into(),
            Value::String(text) => match text.to_lowercase().as_str() {
                "true" | "1" => true.into(),
                "false" | "0" => false.into(),
                _ => return None,
            },
            _ => return None,
        },
        "json" | "base64ToJson" => {
            let text = first.as_str()?;
            let text = if name == "json" {
                text.to_owned()
            } else {
                from_base64(text)?
            };
            crate::configuration::parse_lenient_json(&text).ok()?
        }
        "base64" => STANDARD.encode(first.as_str()?).into(),
        "base64ToString" => from_base64(first.as_str()?)?.into(),
        "dataUri" => {
            let data = STANDARD.encode(to_text(first));
            format!("data:text/plain;charset=utf8;base64,{data}").into()
        }
        "dataUriToString" => {
            let (head, data) = first.as_str()?.split_once(',')?;
            if head.ends_with(";base64") {
                from_base64(data)?.into()
            } else {
                text::decode(data).into()
            }
        }
        _ => return None,
    })
}

fn from_base64(text: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(text).ok()?).ok()
}

fn on_network_and_time(name: &str, values: &[&Value]) -> Option<Value> {
    let string = |index: usize| values.get(index).and_then(|value| value.as_str());
    let integer = |index: usize| values.get(index).and_then(|value| value.as_i64());
    Some(match name {
        "parseCidr" => cidr::parse(string(0)?)?,
        "cidrSubnet" => cidr::subnet(string(0)?, integer(1)?, integer(2)?)?.into(),
        "cidrHost" => cidr::host(string(0)?, integer(1)?)?.into(),
        "dateTimeAdd" => date_time::add(string(0)?, string(1)?)?.into(),
        "dateTimeFromEpoch" => date_time::from_epoch(integer(0)?)?.into(),
        "dateTimeToEpoch" => date_time::to_epoch(string(0)?)?.into(),
        _ => return None,
    })
}
