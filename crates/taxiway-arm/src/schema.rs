//! The types of parameters, outputs and arguments: what a value must look like.

use serde_json::{Map, Value};

use crate::expression::member;
use crate::expression::type_name;

/// How many definitions may refer to one another in a row.
const MAX_REFERENCES: usize = 32;

/// The definitions of a template, against which types are resolved.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schemas {
    /// The template's `definitions`, as the member of an object so that `#/definitions/…` is a pointer into it.
    root: Value,
}

impl Schemas {
    pub(crate) fn new(template: &Map<String, Value>) -> Self {
        let mut root = Map::new();
        if let Some(definitions) = member(template, "definitions") {
            root.insert("definitions".to_owned(), definitions.clone());
        }
        Self {
            root: Value::Object(root),
        }
    }

    /// The type's name in Azure's spelling; `None` for a type that takes anything.
    pub(crate) fn type_of(&self, schema: &Value) -> Option<&'static str> {
        let declared = self.keyword(schema, "type")?.as_str()?;
        SPELLINGS
            .iter()
            .find(|known| known.eq_ignore_ascii_case(declared))
            .copied()
    }

    pub(crate) fn is_secure(&self, schema: &Value) -> bool {
        matches!(self.type_of(schema), Some("SecureString" | "SecureObject"))
    }

    pub(crate) fn is_nullable(&self, schema: &Value) -> bool {
        self.keyword(schema, "nullable") == Some(&Value::Bool(true))
    }

    /// A keyword of a type, its own or that of the definition it refers to.
    pub(crate) fn keyword<'s>(&'s self, schema: &'s Value, name: &str) -> Option<&'s Value> {
        let mut current = schema;
        for _ in 0..MAX_REFERENCES {
            let members = current.as_object()?;
            if let Some(found) = member(members, name) {
                return Some(found);
            }
            let pointer = member(members, "$ref")?.as_str()?;
            current = self.root.pointer(pointer.strip_prefix('#')?)?;
        }
        None
    }

    /// Checks the type itself: an unknown type or definition is an error.
    pub(crate) fn check_schema(&self, schema: &Value) -> Result<(), String> {
        if let Some(declared) = self.keyword(schema, "type") {
            return match self.type_of(schema) {
                Some(_) => Ok(()),
                None => Err(format!("The type {declared} is not valid.")),
            };
        }
        let reference = schema
            .as_object()
            .and_then(|members| member(members, "$ref"))
            .and_then(Value::as_str);
        match reference {
            Some(reference)
                if reference
                    .strip_prefix('#')
                    .and_then(|pointer| self.root.pointer(pointer))
                    .is_none() =>
            {
                Err(format!("The definition '{reference}' is not found."))
            }
            _ => Ok(()),
        }
    }

    /// Checks a value against a type.
    ///
    /// # Errors
    /// What is wrong, in Azure's words; the value itself is not in it where `is_secret`.
    pub(crate) fn check(
        &self,
        schema: &Value,
        value: &Value,
        is_secret: bool,
    ) -> Result<(), String> {
        let check = Check {
            schemas: self,
            is_secret: is_secret || self.is_secure(schema),
        };
        check.value(schema, value, "")
    }
}

const SPELLINGS: [&str; 7] = [
    "String",
    "SecureString",
    "Int",
    "Bool",
    "Object",
    "SecureObject",
    "Array",
];

struct Check<'s> {
    schemas: &'s Schemas,
    is_secret: bool,
}

impl Check<'_> {
    fn value(&self, schema: &Value, value: &Value, path: &str) -> Result<(), String> {
        if value.is_null() && self.schemas.is_nullable(schema) {
            return Ok(());
        }
        self.kind(schema, value, path)?;
        self.allowed(schema, value, path)?;
        self.bounds(schema, value, path)?;
        match value {
            Value::Array(elements) => self.elements(schema, elements, path),
            Value::Object(members) => self.members(schema, members, path),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
        }
    }

    fn kind(&self, schema: &Value, value: &Value, path: &str) -> Result<(), String> {
        let Some(expected) = self.schemas.type_of(schema) else {
            return Ok(());
        };
        let (fits, words) = match expected {
            "String" | "SecureString" => (value.is_string(), "String, Uri"),
            "Int" => (
                value.is_i64() || value.as_f64().is_some_and(|number| number.fract() == 0.0),
                "Integer",
            ),
            "Bool" => (value.is_boolean(), "Boolean"),
            "Array" => (value.is_array(), "Array"),
            _ => (value.is_object(), "Object"),
        };
        if fits {
            return Ok(());
        }
        Err(format!(
            "Expected a value of type '{words}', but received a value of type '{}'{}.",
            type_name(value),
            at(path)
        ))
    }

    fn allowed(&self, schema: &Value, value: &Value, path: &str) -> Result<(), String> {
        let Some(Value::Array(allowed)) = self.schemas.keyword(schema, "allowedValues") else {
            return Ok(());
        };
        let is_allowed = allowed.contains(value)
            || value
                .as_array()
                .is_some_and(|elements| elements.iter().all(|element| allowed.contains(element)));
        if is_allowed {
            return Ok(());
        }
        let shown = if self.is_secret {
            "*******".to_owned()
        } else {
            plain(value)
        };
        let allowed: Vec<String> = allowed.iter().map(plain).collect();
        Err(format!(
            "The value '{shown}' is not part of the allowed value(s): '{}'{}.",
            allowed.join(","),
            at(path)
        ))
    }

    fn bounds(&self, schema: &Value, value: &Value, path: &str) -> Result<(), String> {
        let size = match value {
            Value::String(text) => i64::try_from(text.encode_utf16().count()).ok(),
            Value::Array(elements) => i64::try_from(elements.len()).ok(),
            _ => None,
        };
        let bounds = [
            ("minLength", size, "Length of the value", "greater"),
            ("maxLength", size, "Length of the value", "less"),
            ("minValue", value.as_i64(), "The value", "greater"),
            ("maxValue", value.as_i64(), "The value", "less"),
        ];
        for (keyword, actual, subject, direction) in bounds {
            let bound = self
                .schemas
                .keyword(schema, keyword)
                .and_then(Value::as_i64);
            let (Some(bound), Some(actual)) = (bound, actual) else {
                continue;
            };
            let holds = match direction {
                "greater" => actual >= bound,
                _ => actual <= bound,
            };
            if !holds {
                let word = if direction == "greater" {
                    "greater"
                } else {
                    "less"
                };
                return Err(format!(
                    "{subject} should be {word} than or equal to '{bound}'{}.",
                    at(path)
                ));
            }
        }
        Ok(())
    }

    fn elements(&self, schema: &Value, elements: &[Value], path: &str) -> Result<(), String> {
        let prefix = match self.schemas.keyword(schema, "prefixItems") {
            Some(Value::Array(prefix)) => prefix.as_slice(),
            _ => &[],
        };
        let items = self.schemas.keyword(schema, "items");
        for (index, element) in elements.iter().enumerate() {
            let path = format!("{path}[{index}]");
            match (prefix.get(index), items) {
                (Some(schema), _) => self.value(schema, element, &path)?,
                (None, Some(Value::Bool(false))) => {
                    return Err(format!("No element is expected{}.", at(&path)));
                }
                (None, Some(schema)) => self.value(schema, element, &path)?,
                (None, None) => {}
            }
        }
        if elements.len() < prefix.len() {
            return Err(format!(
                "Expected at least '{}' elements, but received '{}'{}.",
                prefix.len(),
                elements.len(),
                at(path)
            ));
        }
        Ok(())
    }

    fn members(
        &self,
        schema: &Value,
        members: &Map<String, Value>,
        path: &str,
    ) -> Result<(), String> {
        if let Some(discriminator) = self.schemas.keyword(schema, "discriminator") {
            return self.variant(discriminator, members, path);
        }
        let properties = self
            .schemas
            .keyword(schema, "properties")
            .and_then(Value::as_object);
        let additional = self.schemas.keyword(schema, "additionalProperties");
        for (name, value) in members {
            let inner = joined(path, name);
            match (
                properties.and_then(|properties| member(properties, name)),
                additional,
            ) {
                (Some(schema), _) => self.value(schema, value, &inner)?,
                (None, Some(Value::Bool(false))) => {
                    return Err(format!(
                        "The property '{name}' is not expected{}.",
                        at(path)
                    ));
                }
                (None, Some(schema @ Value::Object(_))) => self.value(schema, value, &inner)?,
                (None, _) => {}
            }
        }
        for (name, schema) in properties.into_iter().flatten() {
            if member(members, name).is_none() && !self.schemas.is_nullable(schema) {
                return Err(format!(
                    "The required property '{name}' is missing{}.",
                    at(path)
                ));
            }
        }
        Ok(())
    }

    fn variant(
        &self,
        discriminator: &Value,
        members: &Map<String, Value>,
        path: &str,
    ) -> Result<(), String> {
        let name = discriminator
            .get("propertyName")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let chosen = member(members, name).and_then(Value::as_str);
        let mapping = discriminator.get("mapping").and_then(Value::as_object);
        let schema = chosen.and_then(|chosen| mapping?.get(chosen));
        match schema {
            Some(schema) => self.members(schema, members, path),
            None => Err(format!(
                "The property '{name}' must be one of '{}'{}.",
                mapping
                    .map(|mapping| mapping
                        .keys()
                        .map(String::as_str)
                        .collect::<Vec<_>>()
                        .join(","))
                    .unwrap_or_default(),
                at(path)
            )),
        }
    }
}

fn at(path: &str) -> String {
    if path.is_empty() {
        String::new()
    } else {
        format!(" (path '{path}')")
    }
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
