//! Methods of texts, lists and dictionaries.

use std::rc::Rc;

use super::call::Arguments;
use super::operators::{concatenate, iterate};
use super::value::{HOLE, Value};

/// The result of a method that leaves its receiver alone.
pub(crate) fn method<'a>(receiver: &Value<'a>, name: &str, arguments: &Arguments<'a>) -> Value<'a> {
    let unsure = || {
        Value::made_from(
            std::iter::once(receiver)
                .chain(&arguments.positional)
                .chain(arguments.named.iter().map(|(_, value)| value)),
        )
    };
    match receiver {
        Value::Text(text) => {
            if name == "format" {
                return format(text, arguments);
            }
            text_method(text, name, arguments).unwrap_or_else(unsure)
        }
        Value::Unknown {
            text: Some(pattern),
            ..
        } => match (name, arguments.text(0), arguments.text(1)) {
            ("strip" | "rstrip" | "lstrip" | "encode" | "decode", ..) => receiver.clone(),
            ("replace", Some(from), Some(to)) => with_pattern(receiver, &pattern.replace(from, to)),
            ("startswith", Some(prefix), _) => {
                let known = pattern.split(HOLE).next().unwrap_or_default();
                if known.starts_with(prefix) {
                    Value::Bool(true)
                } else if !prefix.starts_with(known) {
                    Value::Bool(false)
                } else {
                    unsure()
                }
            }
            _ => unsure(),
        },
        Value::List(items) => match name {
            "copy" => receiver.clone(),
            "index" => items
                .iter()
                .position(|item| Some(item) == arguments.positional.first())
                .and_then(|index| i64::try_from(index).ok())
                .map_or_else(unsure, Value::Int),
            _ => unsure(),
        },
        Value::Dict(items) => match name {
            "copy" => receiver.clone(),
            "get" | "pop" | "setdefault" => {
                let default = arguments
                    .positional
                    .get(1)
                    .or_else(|| arguments.named("default"))
                    .cloned()
                    .unwrap_or(Value::None);
                let Some(key) = arguments.positional.first() else {
                    return unsure();
                };
                let default = &default;
                key.map(|key| match key {
                    Value::Unknown { .. } => {
                        let mut all: Vec<Value<'a>> =
                            items.iter().map(|(_, value)| value.clone()).collect();
                        all.push(default.clone());
                        Value::choice(None, all)
                    }
                    key => items
                        .iter()
                        .rev()
                        .find(|(name, _)| name == key)
                        .map_or_else(|| default.clone(), |(_, value)| value.clone()),
                })
            }
            "items" => Value::list(
                items
                    .iter()
                    .map(|(key, value)| Value::list(vec![key.clone(), value.clone()]))
                    .collect(),
            ),
            "keys" => Value::list(items.iter().map(|(key, _)| key.clone()).collect()),
            "values" => Value::list(items.iter().map(|(_, value)| value.clone()).collect()),
            _ => unsure(),
        },
        Value::Path(path) => super::path::path_method(path, name, arguments).unwrap_or_else(unsure),
        _ => unsure(),
    }
}

/// The receiver after a method that changes it; `None` for any other method.
pub(crate) fn mutate<'a>(
    receiver: &Value<'a>,
    name: &str,
    arguments: &Arguments<'a>,
) -> Option<Value<'a>> {
    let first = arguments.positional.first();
    match receiver {
        Value::List(items) => {
            let mut items = items.to_vec();
            match name {
                "append" | "add" | "appendleft" => items.push(first?.clone()),
                "extend" | "update" => match iterate(first?) {
                    Some(more) => items.extend(more),
                    None => items.push(Value::Maybe(Rc::new(Value::made_from([first?])))),
                },
                "insert" => {
                    let index = match first? {
                        Value::Int(index) => usize::try_from(*index).unwrap_or(0),
                        _ => 0,
                    };
                    let index = index.min(items.len());
                    items.insert(index, arguments.positional.get(1)?.clone());
                }
                "remove" | "discard" => {
                    let index = items.iter().position(|item| Some(item) == first)?;
                    items.remove(index);
                }
                "pop" => match first {
                    Some(Value::Int(index)) => {
                        let index = usize::try_from(*index).ok()?;
                        if index < items.len() {
                            items.remove(index);
                        }
                    }
                    _ => {
                        items.pop();
                    }
                },
                "clear" => items.clear(),
                "sort" | "reverse" => {}
                _ => return None,
            }
            Some(Value::list(items))
        }
        Value::Dict(items) => {
            let mut items = items.to_vec();
            match name {
                "update" => {
                    for (name, value) in &arguments.named {
                        set(&mut items, Value::Text(name.clone()), value.clone());
                    }
                    // `DATABASES["default"].update(dj_database_url.config())`: with the variable, another database.
                    return Some(match first {
                        Some(first) => first.map(|given| updated(items.clone(), given)),
                        None => Value::dict(items),
                    });
                }
                "setdefault" => {
                    let key = first?;
                    if !items.iter().any(|(name, _)| name == key) {
                        let value = arguments.positional.get(1).cloned();
                        items.push((key.clone(), value.unwrap_or(Value::None)));
                    }
                }
                "pop" => {
                    let key = first?;
                    items.retain(|(name, _)| name != key);
                }
                "clear" => items.clear(),
                _ => return None,
            }
            Some(Value::dict(items))
        }
        _ => None,
    }
}

/// A dictionary that takes over the items of another.
fn updated<'a>(mut items: Vec<(Value<'a>, Value<'a>)>, given: &Value<'a>) -> Value<'a> {
    match given {
        Value::Dict(more) => {
            for (key, value) in more.iter() {
                set(&mut items, key.clone(), value.clone());
            }
        }
        _ => items.push((Value::unknown(), Value::made_from([given]))),
    }
    Value::dict(items)
}

fn set<'a>(items: &mut Vec<(Value<'a>, Value<'a>)>, key: Value<'a>, value: Value<'a>) {
    match items.iter_mut().rev().find(|(name, _)| *name == key) {
        Some((_, found)) => *found = value,
        None => items.push((key, value)),
    }
}

fn with_pattern<'a>(value: &Value<'a>, pattern: &str) -> Value<'a> {
    match value {
        Value::Unknown { names, .. } => Value::Unknown {
            names: names.clone(),
            text: Some(pattern.into()),
        },
        _ => Value::text(pattern),
    }
}

fn text_method<'a>(text: &str, name: &str, arguments: &Arguments<'a>) -> Option<Value<'a>> {
    let first = arguments.text(0);
    let list = |parts: Vec<&str>| Value::list(parts.into_iter().map(Value::text).collect());
    Some(match name {
        "lower" | "casefold" => Value::text(&text.to_lowercase()),
        "upper" => Value::text(&text.to_uppercase()),
        "title" | "capitalize" => {
            let mut characters = text.chars();
            let first: String = characters
                .next()
                .into_iter()
                .flat_map(char::to_uppercase)
                .collect();
            Value::text(&format!("{first}{}", characters.as_str()))
        }
        "strip" => Value::text(match first {
            Some(set) => text.trim_matches(|character| set.contains(character)),
            None => text.trim(),
        }),
        "rstrip" => Value::text(match first {
            Some(set) => text.trim_end_matches(|character| set.contains(character)),
            None => text.trim_end(),
        }),
        "lstrip" => Value::text(match first {
            Some(set) => text.trim_start_matches(|character| set.contains(character)),
            None => text.trim_start(),
        }),
        "split" | "rsplit" => match first {
            Some("") => return None,
            Some(separator) => match arguments.positional.get(1) {
                Some(Value::Int(1)) if name == "split" => list(text.splitn(2, separator).collect()),
                Some(Value::Int(1)) => {
                    let mut parts: Vec<&str> = text.rsplitn(2, separator).collect();
                    parts.reverse();
                    list(parts)
                }
                Some(_) => return None,
                None => list(text.split(separator).collect()),
            },
            None if arguments.positional.is_empty() => list(text.split_whitespace().collect()),
            None => return None,
        },
        "splitlines" => list(text.lines().collect()),
        "replace" => {
            let replaced = text.replace(first?, arguments.text(1)?);
            if replaced.len() > 64 << 10 {
                return None;
            }
            Value::text(&replaced)
        }
        "startswith" => match arguments.positional.first()? {
            Value::List(items) => Value::Bool(
                items
                    .iter()
                    .filter_map(Value::as_text)
                    .any(|prefix| text.starts_with(prefix)),
            ),
            _ => Value::Bool(text.starts_with(first?)),
        },
        "endswith" => Value::Bool(text.ends_with(first?)),
        "removeprefix" => Value::text(text.strip_prefix(first?).unwrap_or(text)),
        "removesuffix" => Value::text(text.strip_suffix(first?).unwrap_or(text)),
        "isupper" => Value::Bool(
            text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase),
        ),
        "isdigit" | "isnumeric" => Value::Bool(
            !text.is_empty() && text.chars().all(|character| character.is_ascii_digit()),
        ),
        "encode" | "decode" | "expandtabs" => Value::text(text),
        "join" => {
            let items = iterate(arguments.positional.first()?)?;
            let mut joined = Value::text("");
            for (index, item) in items.iter().take(200).enumerate() {
                if index > 0 {
                    joined = Value::zip(&joined, &Value::text(text), concatenate);
                }
                joined = Value::zip(&joined, item, concatenate);
            }
            joined
        }
        _ => return None,
    })
}

/// `"…{}…".format(…)`.
fn format<'a>(text: &str, arguments: &Arguments<'a>) -> Value<'a> {
    let mut result = Value::text("");
    let mut rest = text;
    let mut next = 0usize;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        result = Value::zip(&result, &Value::text(before), concatenate);
        if let Some(escaped) = after.strip_prefix("{{") {
            result = Value::zip(&result, &Value::text("{"), concatenate);
            rest = escaped;
            continue;
        }
        let Some(close) = after.find('}') else {
            return Value::made_from(&arguments.positional);
        };
        let field = after[1..close]
            .split([':', '!', '.', '['])
            .next()
            .unwrap_or("");
        let value = if field.is_empty() {
            next += 1;
            arguments.positional.get(next - 1)
        } else if let Ok(index) = field.parse::<usize>() {
            arguments.positional.get(index)
        } else {
            arguments.named(field)
        };
        let piece = value.map_or(Value::unknown(), shown);
        result = Value::zip(&result, &piece, concatenate);
        rest = &after[close + 1..];
    }
    Value::zip(&result, &Value::text(&rest.replace("}}", "}")), concatenate)
}

/// `"…%s…" % …`.
pub(crate) fn percent<'a>(text: &str, right: &Value<'a>) -> Value<'a> {
    let values: Vec<Value<'a>> = match right {
        Value::List(items) => items.to_vec(),
        value => vec![value.clone()],
    };
    let mut values = values.iter();
    let mut result = Value::text("");
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let (before, after) = rest.split_at(at);
        result = Value::zip(&result, &Value::text(before), concatenate);
        let mut piece = Value::unknown();
        let mut length = 1 + after[1..].chars().next().map_or(0, char::len_utf8);
        if after.starts_with("%%") {
            piece = Value::text("%");
        } else if let Some(close) = after.starts_with("%(").then(|| after.find(')')).flatten() {
            piece = right.get(&after[2..close]).map_or(Value::unknown(), shown);
            length = close + 1 + after[close + 1..].chars().next().map_or(0, char::len_utf8);
        } else if let Some(value) = values.next() {
            piece = shown(value);
        }
        result = Value::zip(&result, &piece, concatenate);
        rest = &after[length..];
    }
    Value::zip(&result, &Value::text(rest), concatenate)
}

/// A value as `str` shows it.
pub(crate) fn shown<'a>(value: &Value<'a>) -> Value<'a> {
    value.map(|value| match value {
        Value::Unknown { .. } => value.clone(),
        Value::Instance(_) => {
            super::path::as_path(value).map_or_else(|| Value::made_from([value]), Value::Text)
        }
        value => value
            .pattern()
            .map_or_else(|| Value::made_from([value]), Value::Text),
    })
}
