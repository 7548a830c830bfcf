//! Functions on text.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Map, Value};

use super::operators::to_text;

/// What stays as it is in a component of a URI.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

pub(super) fn encode(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

pub(super) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// `format`, with holes `{0}` and alignment `{0,5}`; number formats are not supported.
pub(super) fn format(pattern: &str, values: &[&Value]) -> Option<String> {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(position) = rest.find(['{', '}']) {
        out.push_str(&rest[..position]);
        let brace = &rest[position..=position];
        rest = &rest[position + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            out.push_str(brace);
            rest = after;
            continue;
        }
        let (hole, after) = rest.split_once('}')?;
        rest = after;
        let (value, width) = filling(hole, values)?;
        let value = to_text(value);
        let length = usize::try_from(width.unsigned_abs()).ok()?;
        let padding = " ".repeat(length.saturating_sub(value.chars().count()));
        if width < 0 {
            out.push_str(&value);
            out.push_str(&padding);
        } else {
            out.push_str(&padding);
            out.push_str(&value);
        }
    }
    out.push_str(rest);
    Some(out)
}

/// What goes between the braces of `{0,-10}`: a value, and how wide.
fn filling<'v>(hole: &str, values: &[&'v Value]) -> Option<(&'v Value, i64)> {
    let (index, width) = hole.split_once(',').unwrap_or((hole, "0"));
    let value = values.get(index.trim().parse::<usize>().ok()?)?;
    Some((value, width.trim().parse().ok()?))
}

/// At most how many bytes [`format`] returns.
pub(super) fn size_of_format(pattern: &str, values: &[&Value]) -> usize {
    let sizes: Vec<usize> = values.iter().map(|value| to_text(value).len()).collect();
    pattern
        .split('{')
        .filter_map(|part| part.split_once('}'))
        .fold(pattern.len(), |size, (hole, _)| {
            let (index, width) = hole.split_once(',').unwrap_or((hole, "0"));
            let value = index
                .trim()
                .parse()
                .ok()
                .and_then(|index: usize| sizes.get(index));
            let width = width.trim().parse().map_or(0, i64::unsigned_abs);
            size.saturating_add(value.copied().unwrap_or(0))
                .saturating_add(usize::try_from(width).unwrap_or(usize::MAX))
        })
}

/// `substring` and its like count UTF-16 code units.
pub(super) fn substring(text: &str, start: i64, length: Option<i64>) -> Option<String> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let start = usize::try_from(start).ok()?;
    let end = match length {
        Some(length) => start.checked_add(usize::try_from(length).ok()?)?,
        None => units.len(),
    };
    String::from_utf16(units.get(start..end)?).ok()
}

/// The position of `needle` without regard to case, or -1.
pub(super) fn index_of(text: &str, needle: &str, last: bool) -> i64 {
    let (text, needle) = (text.to_lowercase(), needle.to_lowercase());
    let found = if last {
        text.rfind(&needle)
    } else {
        text.find(&needle)
    };
    found.map_or(-1, |position| {
        i64::try_from(text[..position].encode_utf16().count()).unwrap_or(-1)
    })
}

/// `split` at one delimiter or any of several.
pub(super) fn split(text: &str, delimiters: &Value) -> Option<Value> {
    let delimiters: Vec<&str> = match delimiters {
        Value::String(delimiter) => vec![delimiter],
        Value::Array(delimiters) => delimiters.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let next = delimiters
            .iter()
            .filter(|delimiter| !delimiter.is_empty())
            .filter_map(|delimiter| Some((rest.find(delimiter)?, delimiter.len())))
            .min();
        match next {
            Some((position, length)) => {
                parts.push(Value::from(&rest[..position]));
                rest = &rest[position + length..];
            }
            None => {
                parts.push(Value::from(rest));
                return Some(Value::Array(parts));
            }
        }
    }
}

/// `uri`: a path relative to an address.
pub(super) fn join_uri(base: &str, relative: &str) -> Option<String> {
    url::Url::parse(base)
        .ok()?
        .join(relative)
        .ok()
        .map(|url| url.to_string())
}

/// `parseUri`
pub(super) fn parse_uri(text: &str) -> Option<Value> {
    let url = url::Url::parse(text).ok()?;
    let mut members = Map::new();
    members.insert("scheme".to_owned(), url.scheme().into());
    members.insert("host".to_owned(), url.host_str().unwrap_or("").into());
    let port = url.port_or_known_default();
    members.insert("port".to_owned(), port.map_or(Value::Null, Value::from));
    members.insert("path".to_owned(), url.path().into());
    let query = url
        .query()
        .map_or(String::new(), |query| format!("?{query}"));
    members.insert("query".to_owned(), query.into());
    Some(Value::Object(members))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_filled_and_aligned() {
        let value = Value::from(7);
        assert_eq!(
            format("{{{0,3}|{0,-3}}}", &[&value]).as_deref(),
            Some("{  7|7  }")
        );
        assert_eq!(format("{1}", &[&value]), None);
    }

    #[test]
    fn several_delimiters_split() {
        let delimiters = serde_json::json!([",", ";"]);
        assert_eq!(
            split("a,b;c", &delimiters),
            Some(serde_json::json!(["a", "b", "c"]))
        );
    }
}
