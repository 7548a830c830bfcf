//! JSON that remembers where it comes from.

use std::rc::Rc;

use indexmap::IndexMap;
use serde_json::{Map, Number, Value};
use taxiway_diagnostics::Span;

/// A stretch of one of the compiled files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) file: u32,
    pub(crate) span: Span,
}

/// An object's members in order.
pub(crate) type Members = IndexMap<String, Json>;

/// A JSON value, with its origin where it has one of its own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Json {
    pub(crate) origin: Option<Origin>,
    pub(crate) value: JsonValue,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum JsonValue {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Json>),
    Object(Members),
    /// A template that is used in more than one place.
    Shared(Rc<Json>),
}

impl Json {
    pub(crate) fn at(mut self, origin: Origin) -> Self {
        self.origin = Some(origin);
        self
    }

    pub(crate) fn null() -> Self {
        JsonValue::Null.into()
    }

    /// The plain value.
    pub(crate) fn to_value(&self) -> Value {
        match &self.value {
            JsonValue::Null => Value::Null,
            JsonValue::Bool(value) => Value::Bool(*value),
            JsonValue::Number(number) => Value::Number(number.clone()),
            JsonValue::String(text) => Value::String(text.clone()),
            JsonValue::Array(items) => Value::Array(items.iter().map(Self::to_value).collect()),
            JsonValue::Object(members) => {
                let mut map = Map::with_capacity(members.len());
                for (key, value) in members {
                    map.insert(key.clone(), value.to_value());
                }
                Value::Object(map)
            }
            JsonValue::Shared(shared) => shared.to_value(),
        }
    }

    pub(crate) fn from_value(value: &Value) -> Self {
        match value {
            Value::Null => JsonValue::Null,
            Value::Bool(value) => JsonValue::Bool(*value),
            Value::Number(number) => JsonValue::Number(number.clone()),
            Value::String(text) => JsonValue::String(text.clone()),
            Value::Array(items) => JsonValue::Array(items.iter().map(Self::from_value).collect()),
            Value::Object(map) => JsonValue::Object(
                map.iter()
                    .map(|(key, value)| (key.clone(), Self::from_value(value)))
                    .collect(),
            ),
        }
        .into()
    }

    pub(crate) fn as_object(&self) -> Option<&Members> {
        match &self.value {
            JsonValue::Object(members) => Some(members),
            JsonValue::Shared(shared) => shared.as_object(),
            _ => None,
        }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.value {
            JsonValue::String(text) => Some(text),
            _ => None,
        }
    }
}

impl From<JsonValue> for Json {
    fn from(value: JsonValue) -> Self {
        Self {
            origin: None,
            value,
        }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        JsonValue::String(text.to_owned()).into()
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        JsonValue::String(text).into()
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        JsonValue::Bool(value).into()
    }
}

impl From<i64> for Json {
    fn from(value: i64) -> Self {
        JsonValue::Number(value.into()).into()
    }
}

impl From<Vec<Self>> for Json {
    fn from(items: Vec<Self>) -> Self {
        JsonValue::Array(items).into()
    }
}

impl From<Members> for Json {
    fn from(members: Members) -> Self {
        JsonValue::Object(members).into()
    }
}

impl<const N: usize> From<[(&str, Self); N]> for Json {
    fn from(members: [(&str, Self); N]) -> Self {
        let members: Members = members
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect();
        members.into()
    }
}
