//! Files that settings read: texts, TOML, JSON and YAML.
//!
//! A file of the repository is read as it is there. One that is not there holds values that nobody but the platform knows:
//! they are unknown, and a fallback in the code is what holds without it.
//! Source: Python's documentation of `tomllib`.

use std::rc::Rc;

use taxiway_yaml::Node;

use super::call::Arguments;
use super::evaluator::Evaluator;
use super::path::as_path;
use super::value::{Binding, Instance, Scope, Value};
use crate::evidence::yaml;

/// A file beyond this size is data, not configuration.
const LARGEST_FILE: usize = 64 << 10;

/// Values nested deeper than this are not written by people.
const DEEPEST_NESTING: u32 = 40;

pub(super) const FILE: &str = "builtins.file";

/// An object of a library with what the evaluator keeps about it; the names can't be those of Python.
pub(super) fn kept<'a>(
    class: &str,
    kept: impl IntoIterator<Item = (&'static str, Value<'a>)>,
) -> Value<'a> {
    let attributes = kept.into_iter().map(|(name, value)| {
        let binding = Binding {
            value,
            spots: Vec::new(),
        };
        (Rc::from(name), binding)
    });
    Value::Instance(Rc::new(Instance {
        class: Value::External(class.into()),
        attributes: attributes.collect::<Scope<'a>>(),
    }))
}

/// What is kept about an object under a name.
pub(super) fn keeps<'v, 'a>(instance: &'v Instance<'a>, name: &str) -> Option<&'v Value<'a>> {
    instance.attributes.get(name).map(|binding| &binding.value)
}

/// Whether an object is of a class outside of the project.
pub(super) fn is_a(instance: &Instance<'_>, class: &str) -> bool {
    matches!(&instance.class, Value::External(name) if &**name == class)
}

impl<'a> Evaluator<'a> {
    /// The text of a file in the repository.
    pub(super) fn file_text(&self, path: &str) -> Option<Rc<str>> {
        let relative = match path.strip_prefix(super::ROOT) {
            Some(relative) => relative.trim_start_matches('/'),
            None if path.starts_with('/') => return None,
            None => path,
        };
        let path = crate::repository::join("".into(), relative)?;
        let text = self.repository.text(&path)?;
        (text.len() <= LARGEST_FILE && self.pay_for(text.len())).then(|| text.into())
    }

    /// `open(path)`.
    pub(super) fn open_file(&mut self, path: &Value<'a>, arguments: &Arguments<'a>) -> Value<'a> {
        let known = as_path(path).or_else(|| path.pattern());
        let is_there = known.as_ref().is_some_and(|path| self.exists(path));
        if !is_there {
            self.opened += 1;
        }
        match known.filter(|_| is_there) {
            Some(path) => kept(FILE, [(":path", Value::Text(path))]),
            None => arguments.unsure(),
        }
    }

    /// `Path.open`, `Path.read_text` and `read` of an open file; `None` for what reads no file.
    pub(super) fn read_path(
        &mut self,
        receiver: &Value<'a>,
        name: &str,
        arguments: &Arguments<'a>,
    ) -> Option<Value<'a>> {
        match (receiver, name) {
            (Value::Path(_), "open") => Some(self.open_file(receiver, arguments)),
            (Value::Path(path), "read_text" | "read_bytes") => {
                if !self.exists(path) {
                    self.opened += 1;
                }
                Some(self.whole(path))
            }
            (Value::Instance(instance), "read" | "readline") if is_a(instance, FILE) => {
                let path = keeps(instance, ":path")?.as_text()?;
                let whole = self.whole(path);
                Some(match (name, whole.as_text()) {
                    ("readline", Some(text)) => Value::text(text.lines().next().unwrap_or("")),
                    _ => whole,
                })
            }
            _ => None,
        }
    }

    fn whole(&self, path: &str) -> Value<'a> {
        self.file_text(path)
            .map_or_else(Value::unknown, Value::Text)
    }

    /// `tomllib.load` and its kind; `None` for any other function.
    pub(super) fn call_loader(
        &mut self,
        name: &str,
        arguments: &Arguments<'a>,
    ) -> Option<Value<'a>> {
        let (format, takes_text) = match name {
            "tomllib.load" | "tomli.load" => (Format::Toml, false),
            "tomllib.loads" | "tomli.loads" => (Format::Toml, true),
            // These take an open file, or its path.
            "toml.load" => (Format::Toml, false),
            "toml.loads" => (Format::Toml, true),
            "json.load" => (Format::Json, false),
            "json.loads" => (Format::Json, true),
            "yaml.safe_load" | "yaml.load" | "yaml.full_load" => (Format::Yaml, true),
            _ => return None,
        };
        let first = arguments.positional.first()?.clone();
        Some(first.map(|source| {
            let text = match source {
                Value::Instance(instance) if is_a(instance, FILE) => keeps(instance, ":path")
                    .and_then(Value::as_text)
                    .and_then(|path| self.file_text(path)),
                Value::Text(text) if takes_text => self.pay_for(text.len()).then(|| text.clone()),
                Value::Text(path) | Value::Path(path) => self.file_text(path),
                _ => None,
            };
            text.and_then(|text| format.parse(&text))
                .unwrap_or_else(|| Value::made_from([source]))
        }))
    }
}

/// How a file is written.
#[derive(Clone, Copy)]
pub(super) enum Format {
    Toml,
    Json,
    Yaml,
}

impl Format {
    pub(super) fn parse<'a>(self, text: &str) -> Option<Value<'a>> {
        match self {
            Self::Toml => toml::from_str::<toml::Value>(text)
                .ok()
                .map(|value| from_toml(&value, 0)),
            Self::Json => super::library::literal(text),
            Self::Yaml => yaml::parse(text).map(|node| from_yaml(&node, 0)),
        }
    }
}

fn from_toml<'a>(value: &toml::Value, depth: u32) -> Value<'a> {
    if depth > DEEPEST_NESTING {
        return Value::unknown();
    }
    match value {
        toml::Value::String(text) => Value::text(text),
        toml::Value::Integer(number) => Value::Int(*number),
        toml::Value::Float(number) => Value::Float(*number),
        toml::Value::Boolean(value) => Value::Bool(*value),
        toml::Value::Datetime(_) => Value::unknown(),
        toml::Value::Array(items) => Value::list(
            items
                .iter()
                .map(|item| from_toml(item, depth + 1))
                .collect(),
        ),
        toml::Value::Table(table) => Value::dict(
            table
                .iter()
                .map(|(key, value)| (Value::text(key), from_toml(value, depth + 1)))
                .collect(),
        ),
    }
}

fn from_yaml<'a>(node: &Node, depth: u32) -> Value<'a> {
    if depth > DEEPEST_NESTING {
        return Value::unknown();
    }
    if let Some(text) = node.text() {
        return match text {
            "true" | "True" | "TRUE" => Value::Bool(true),
            "false" | "False" | "FALSE" => Value::Bool(false),
            text => text.parse().map_or_else(|_| Value::text(text), Value::Int),
        };
    }
    if !node.entries().is_empty() {
        let entries = node.entries().iter();
        return Value::dict(
            entries
                .map(|(key, value)| (Value::text(key), from_yaml(value, depth + 1)))
                .collect(),
        );
    }
    if node.items().is_empty() {
        return Value::None;
    }
    Value::list(
        node.items()
            .iter()
            .map(|item| from_yaml(item, depth + 1))
            .collect(),
    )
}
