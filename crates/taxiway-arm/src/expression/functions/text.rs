//! Functions of strings. Lengths and positions count UTF-16 units, as Azure does.

use serde_json::Value;

use super::argument::{self, expected, type_name};
use super::format::{display, format_items};
use super::{MANY, Outcome, Pure, pure};

pub(super) const FUNCTIONS: &[Pure] = &[
    pure("string", 1, 1, |arguments| Ok(display(arguments[0]).into())),
    pure("format", 1, MANY, |arguments| {
        format_items(argument::text(arguments, 0)?, &arguments[1..]).map(Value::String)
    }),
    pure("toLower", 1, 1, |arguments| {
        Ok(argument::text(arguments, 0)?.to_lowercase().into())
    }),
    pure("toUpper", 1, 1, |arguments| {
        Ok(argument::text(arguments, 0)?.to_uppercase().into())
    }),
    pure("trim", 1, 1, |arguments| {
        Ok(argument::text(arguments, 0)?.trim().into())
    }),
    pure("replace", 3, 3, |arguments| {
        let old = argument::text(arguments, 1)?;
        if old.is_empty() {
            return Err("the text to replace must not be empty".to_owned());
        }
        let new = argument::text(arguments, 2)?;
        Ok(argument::text(arguments, 0)?.replace(old, new).into())
    }),
    pure("startsWith", 2, 2, |arguments| {
        let text = argument::text(arguments, 0)?.to_lowercase();
        Ok(text
            .starts_with(&argument::text(arguments, 1)?.to_lowercase())
            .into())
    }),
    pure("endsWith", 2, 2, |arguments| {
        let text = argument::text(arguments, 0)?.to_lowercase();
        Ok(text
            .ends_with(&argument::text(arguments, 1)?.to_lowercase())
            .into())
    }),
    pure("like", 2, 2, |arguments| {
        Ok(like(argument::text(arguments, 0)?, argument::text(arguments, 1)?).into())
    }),
    pure("split", 2, 2, split),
    pure("join", 2, 2, |arguments| {
        let elements: Vec<String> = argument::array(arguments, 0)?.iter().map(display).collect();
        Ok(elements.join(argument::text(arguments, 1)?).into())
    }),
    pure("substring", 2, 3, substring),
    pure("padLeft", 2, 3, pad_left),
];

/// A string in UTF-16 units, of which a part is taken.
pub(super) fn slice(text: &str, start: usize, length: usize) -> String {
    if text.is_ascii() {
        let end = start.saturating_add(length).min(text.len());
        return text.get(start.min(end)..end).unwrap_or_default().to_owned();
    }
    let units: Vec<u16> = text.encode_utf16().skip(start).take(length).collect();
    String::from_utf16_lossy(&units)
}

/// How many UTF-16 units a string has.
pub(super) fn length(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.encode_utf16().count()
    }
}

/// Where in `text`, in UTF-16 units, the byte `offset` is; -1 for none.
pub(super) fn unit_offset(text: &str, offset: Option<usize>) -> Value {
    match offset.and_then(|offset| text.get(..offset)) {
        Some(before) => length(before).into(),
        None => (-1).into(),
    }
}

fn split(arguments: &[&Value]) -> Outcome {
    let text = argument::text(arguments, 0)?;
    let delimiters: Vec<&str> = match arguments[1] {
        Value::String(delimiter) => vec![delimiter],
        Value::Array(delimiters) => delimiters.iter().filter_map(Value::as_str).collect(),
        other => return Err(expected(1, "String or Array", other)),
    };
    let delimiters: Vec<&str> = delimiters
        .into_iter()
        .filter(|delimiter| !delimiter.is_empty())
        .collect();
    let mut parts = Vec::new();
    let mut start = 0;
    let mut position = 0;
    while position < text.len() {
        let rest = &text[position..];
        match delimiters
            .iter()
            .find(|delimiter| rest.starts_with(**delimiter))
        {
            Some(delimiter) => {
                parts.push(Value::from(&text[start..position]));
                position += delimiter.len();
                start = position;
            }
            None => position += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    parts.push(Value::from(&text[start..]));
    Ok(Value::Array(parts))
}

fn substring(arguments: &[&Value]) -> Outcome {
    let text = argument::text(arguments, 0)?;
    let start = argument::position(arguments, 1)?;
    let available = length(text)
        .checked_sub(start)
        .ok_or("the start index must not be larger than the length of the string")?;
    let wanted = match arguments.len() {
        3 => argument::position(arguments, 2)?,
        _ => available,
    };
    if wanted > available {
        return Err("the index and length must refer to a location within the string".to_owned());
    }
    Ok(slice(text, start, wanted).into())
}

fn pad_left(arguments: &[&Value]) -> Outcome {
    /// The longest result. Source: ARM documentation, "padLeft" (a string of at most 16 characters in practice
    /// is not enforced there; this bounds memory).
    const MAX_WIDTH: usize = 131_072;
    let text = match arguments[0] {
        Value::String(_) | Value::Number(_) => display(arguments[0]),
        other => return Err(expected(0, "String or Integer", other)),
    };
    let width = argument::position(arguments, 1)?;
    if width > MAX_WIDTH {
        return Err(format!("the total length must not exceed {MAX_WIDTH}"));
    }
    let padding = match arguments.get(2) {
        Some(Value::String(padding)) if padding.chars().count() == 1 => padding,
        Some(other) => {
            return Err(format!(
                "the padding must be a single character, not of type '{}'",
                type_name(other)
            ));
        }
        None => " ",
    };
    let missing = width.saturating_sub(length(&text));
    Ok(format!("{}{text}", padding.repeat(missing)).into())
}

/// Matches `*` (any characters) and `?` (one character), without case.
fn like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let (mut at, mut in_pattern) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(in_pattern) {
            Some('*') => {
                star = Some((in_pattern, at));
                in_pattern += 1;
            }
            Some(wanted) if *wanted == '?' || *wanted == text[at] => {
                at += 1;
                in_pattern += 1;
            }
            _ => match &mut star {
                Some((position, tried)) => {
                    *tried += 1;
                    at = *tried;
                    in_pattern = *position + 1;
                }
                None => return false,
            },
        }
    }
    pattern[in_pattern..].iter().all(|rest| *rest == '*')
}
