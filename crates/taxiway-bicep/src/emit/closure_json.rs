//! Imports from templates in JSON: what their declarations need, and how they read under other names.

use std::rc::Rc;

use serde_json::Value;

use super::Emitter;
use super::closure::ForeignKind;
use super::types::pointer_segment;
use crate::json::{Json, JsonValue, Members};
use crate::model::JsonFile;

pub(super) fn kind_of(json: &JsonFile, name: &str) -> Option<ForeignKind> {
    let has = |section: &str| {
        json.template
            .get(section)
            .and_then(|section| section.get(name))
            .is_some()
    };
    if has("definitions") {
        return Some(ForeignKind::Type);
    }
    if json.functions().any(|(function, _)| function == name) {
        return Some(ForeignKind::Function);
    }
    (has("variables") || copy_variable(json, name).is_some()).then_some(ForeignKind::Variable)
}

/// The entry of `variables.copy` that makes the variable `name`.
pub(super) fn copy_variable<'j>(json: &'j JsonFile, name: &str) -> Option<&'j Value> {
    let copies = json.template.pointer("/variables/copy")?.as_array()?;
    copies
        .iter()
        .find(|copy| copy.get("name").and_then(Value::as_str) == Some(name))
}

pub(super) fn value_of<'j>(json: &'j JsonFile, name: &str, kind: ForeignKind) -> Option<&'j Value> {
    match kind {
        ForeignKind::Type => json.template.get("definitions")?.get(name),
        ForeignKind::Function => json
            .functions()
            .find(|(function, _)| *function == name)
            .map(|(_, value)| value),
        ForeignKind::Variable => {
            copy_variable(json, name).or_else(|| json.template.get("variables")?.get(name))
        }
    }
}

/// The names that a declaration of a template uses.
pub(super) fn needs(json: &JsonFile, name: &str, kind: ForeignKind) -> Vec<Rc<str>> {
    let mut found = Vec::new();
    if let Some(value) = value_of(json, name, kind) {
        collect(value, &mut found);
    }
    found.retain(|needed| **needed != *name);
    found
}

fn collect(value: &Value, found: &mut Vec<Rc<str>>) {
    match value {
        Value::String(text) if text.starts_with('[') && !text.starts_with("[[") => {
            each_name(text, &mut |_, name| found.push(Rc::from(name)));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(members) => {
            for (key, value) in members {
                match value.as_str().filter(|_| key == "$ref") {
                    Some(reference) => {
                        let name = reference.trim_start_matches("#/definitions/");
                        let name = name.split('/').next().unwrap_or(name);
                        found.push(Rc::from(name.replace("~1", "/").replace("~0", "~")));
                    }
                    None => collect(value, found),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Calls `visit` with the range and text of each name of a variable or function in an expression.
fn each_name<'t>(text: &'t str, visit: &mut dyn FnMut(std::ops::Range<usize>, &'t str)) {
    let mut position = 0;
    while let Some(rest) = text.get(position..) {
        if let Some(tail) = rest.strip_prefix("variables('") {
            let length = tail.find('\'').unwrap_or(tail.len());
            let start = position + "variables('".len();
            visit(start..start + length, &tail[..length]);
            position = start + length + 1;
        } else if let Some(tail) = rest.strip_prefix("copyIndex('") {
            position += "copyIndex('".len() + tail.find('\'').unwrap_or(tail.len()) + 1;
        } else if let Some(tail) = rest.strip_prefix("__bicep.") {
            let length = tail.find('(').unwrap_or(tail.len());
            visit(
                position..position + "__bicep.".len() + length,
                &tail[..length],
            );
            position += "__bicep.".len() + length;
        } else if let Some(tail) = rest.strip_prefix('\'') {
            let length = tail.find('\'').map_or(rest.len(), |end| end + 2);
            position += length;
        } else {
            match rest.chars().next() {
                Some(character) => position += character.len_utf8(),
                None => break,
            }
        }
    }
}

impl Emitter<'_> {
    /// A value of a template, with the names that hold here.
    pub(super) fn rewrite_json(&self, source: &JsonFile, value: &Value) -> Json {
        match value {
            Value::String(text) if text.starts_with('[') && !text.starts_with("[[") => {
                self.rewrite_expression(source, text).into()
            }
            Value::Array(items) => items
                .iter()
                .map(|item| self.rewrite_json(source, item))
                .collect::<Vec<_>>()
                .into(),
            Value::Object(members) => nullable_before_metadata(
                members
                    .iter()
                    .map(|(key, value)| {
                        let value = match value.as_str().filter(|_| key == "$ref") {
                            Some(reference) => self.rewrite_reference(source, reference).into(),
                            None => self.rewrite_json(source, value),
                        };
                        (key.clone(), value)
                    })
                    .collect::<Members>(),
            )
            .into(),
            other => Json::from_value(other),
        }
    }

    fn rewrite_reference(&self, source: &JsonFile, reference: &str) -> String {
        let rest = reference.trim_start_matches("#/definitions/");
        let (name, path) = rest
            .split_once('/')
            .map_or((rest, None), |(name, path)| (name, Some(path)));
        let name = name.replace("~1", "/").replace("~0", "~");
        let emitted = self.emitted_name(source.file, &name);
        let mut out = format!("#/definitions/{}", pointer_segment(&emitted));
        if let Some(path) = path {
            out.push('/');
            out.push_str(path);
        }
        out
    }

    fn rewrite_expression(&self, source: &JsonFile, text: &str) -> String {
        let mut replacements = Vec::new();
        each_name(text, &mut |range, name| {
            let is_function = text[range.clone()].starts_with("__bicep.");
            let new = if is_function {
                self.emitted_function(source.file, name)
            } else {
                self.emitted_name(source.file, name)
            };
            replacements.push((range, new));
        });
        let mut out = text.to_owned();
        for (range, new) in replacements.into_iter().rev() {
            out.replace_range(range, &new);
        }
        out
    }

    /// A variable made by a loop: over the numbers up to its count, under its name here.
    pub(super) fn rewrite_copy(&self, source: &JsonFile, copy: &Value, emitted: &str) -> Members {
        let name = copy.get("name").and_then(Value::as_str).unwrap_or("");
        let count = copy
            .get("count")
            .map_or_else(Json::null, |count| self.rewrite_json(source, count));
        let count = match &count.value {
            JsonValue::String(text) => text
                .trim_start_matches('[')
                .trim_end_matches(']')
                .to_owned(),
            other => Json::from(other.clone()).to_value().to_string(),
        };
        let input = copy
            .get("input")
            .map_or_else(Json::null, |input| self.rewrite_json(source, input));
        let old = format!("copyIndex('{name}')");
        let new = format!("copyIndex('{emitted}')");
        let mut members = Members::new();
        members.insert("name".to_owned(), emitted.into());
        members.insert(
            "count".to_owned(),
            format!("[length(range(0, {count}))]").into(),
        );
        members.insert("input".to_owned(), replace_text(input, &old, &new));
        members
    }
}

/// Schemas read from JSON have their members in one order, wherever they come from.
fn nullable_before_metadata(mut members: Members) -> Members {
    let metadata = members.get_index_of("metadata");
    let nullable = members.get_index_of("nullable");
    if let (Some(metadata), Some(nullable)) = (metadata, nullable)
        && metadata < nullable
    {
        members.move_index(nullable, metadata);
    }
    members
}

fn replace_text(json: Json, old: &str, new: &str) -> Json {
    let origin = json.origin;
    let value = match json.value {
        JsonValue::String(text) => JsonValue::String(text.replace(old, new)),
        JsonValue::Array(items) => JsonValue::Array(
            items
                .into_iter()
                .map(|item| replace_text(item, old, new))
                .collect(),
        ),
        JsonValue::Object(members) => JsonValue::Object(
            members
                .into_iter()
                .map(|(key, value)| (key, replace_text(value, old, new)))
                .collect(),
        ),
        other => other,
    };
    Json { origin, value }
}
