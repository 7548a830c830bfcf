//! Repairs: a property set in the Bicep where its value is written, or added where it belongs.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;
use taxiway_arm::EvaluatedResource;
use taxiway_diagnostics::{Edit, Fix, FixSafety, Location, Span};

use crate::evaluated::Evaluated;
use crate::finding::{Change, Finding};
use crate::origin::{is_bicep, origin};

/// The edits that set a property, where the source has a place for it.
pub(crate) fn build(
    evaluated: &Evaluated,
    resource: &EvaluatedResource,
    change: &Change,
    texts: &BTreeMap<Utf8PathBuf, String>,
) -> Option<Fix> {
    if !is_bicep(evaluated) {
        return None;
    }
    let way = origin(evaluated, resource, &change.path);
    let place = way.place?;
    let text = texts.get(place.path())?;
    let written = text.get(place.span.range())?;
    let literal = literal(&change.value)?;
    let name = change.path.rsplit('/').next()?;
    let edit = if way.missing.is_empty() && way.is_literal {
        replacement(&place, written, &literal)?
    } else if !way.missing.is_empty() && way.is_literal {
        insertion(&place, text, written, &way.missing, &literal)?
    } else {
        return None;
    };
    Some(Fix {
        title: format!("set `{name}` to {literal}"),
        safety: change.safety,
        edits: vec![edit],
    })
}

fn literal(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(format!(
            "'{}'",
            text.replace('\\', "\\\\").replace('\'', "\\'")
        )),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) if items.is_empty() => Some("[]".to_owned()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// `name: value`, `param name = value`, `var name = value` or a value alone, all on one line.
fn replacement(place: &Location, written: &str, literal: &str) -> Option<Edit> {
    if written.contains('\n') {
        return None;
    }
    let is_statement = ["param ", "var "]
        .iter()
        .any(|word| written.starts_with(word));
    let head = if is_statement {
        written.find("= ").map(|end| end + 2)?
    } else if written.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && written.contains(": ")
    {
        written.find(": ")? + 2
    } else {
        0
    };
    let start = place.span.start + u32::try_from(head).ok()?;
    Some(Edit {
        location: Location::new(place.path(), Span::new(start, place.span.end)),
        replacement: literal.to_owned(),
    })
}

/// A new last member of the object at `place`.
fn insertion(
    place: &Location,
    text: &str,
    written: &str,
    missing: &[String],
    literal: &str,
) -> Option<Edit> {
    if !written.ends_with('}') || !missing.iter().all(|name| is_plain(name)) {
        return None;
    }
    let end = place.span.end as usize - 1;
    let line = text[..end].rfind('\n').map_or(0, |at| at + 1);
    let indent: String = text[line..]
        .chars()
        .take_while(|character| *character == ' ')
        .collect();
    let mut added = String::new();
    for (depth, name) in missing.iter().enumerate() {
        added.push_str(&format_line(
            &indent,
            depth + 1,
            name,
            if depth + 1 == missing.len() {
                literal
            } else {
                "{"
            },
        ));
    }
    for depth in (1..missing.len()).rev() {
        added.push_str(&indent);
        added.push_str(&"  ".repeat(depth));
        added.push_str("}\n");
    }
    let is_alone = text[line..end].trim().is_empty();
    let (at, added) = if is_alone {
        (line, added)
    } else if written.ends_with("{}") {
        (end, format!("\n{added}{indent}"))
    } else {
        return None;
    };
    Some(Edit {
        location: Location::new(place.path(), Span::at(u32::try_from(at).ok()?)),
        replacement: added,
    })
}

fn format_line(indent: &str, depth: usize, name: &str, value: &str) -> String {
    format!("{indent}{}{name}: {value}\n", "  ".repeat(depth))
}

fn is_plain(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The text of `path` with the fixes of the findings in it, and how many were applied. Of fixes that overlap, the first is taken;
/// a second run applies the next.
pub fn apply_fixes(
    path: &Utf8Path,
    text: &str,
    findings: &[Finding],
    with_unsafe: bool,
) -> (String, usize) {
    let mut edits: Vec<&Edit> = Vec::new();
    let mut count = 0;
    for fix in findings
        .iter()
        .filter_map(|finding| finding.diagnostic.fix.as_ref())
    {
        let is_wanted = fix.safety == FixSafety::Safe || with_unsafe;
        let is_here = fix.edits.iter().all(|edit| edit.location.path() == path);
        let is_free = fix.edits.iter().all(|edit| {
            edits
                .iter()
                .all(|other| !overlap(edit.location.span, other.location.span))
        });
        if is_wanted && is_here && is_free && !fix.edits.is_empty() {
            edits.extend(&fix.edits);
            count += 1;
        }
    }
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.location.span.start));
    let mut text = text.to_owned();
    for edit in edits {
        text.replace_range(edit.location.span.range(), &edit.replacement);
    }
    (text, count)
}

/// Two insertions at one place overlap too: both may bring the same object.
const fn overlap(one: Span, other: Span) -> bool {
    one.start == other.start || (one.start < other.end && other.start < one.end)
}
