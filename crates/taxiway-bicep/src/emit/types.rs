//! Types as the schemas of a template.

use serde_json::Value;

use super::Emitter;
use super::environment::Context;
use super::type_location::Located;
use super::type_union;
use crate::ast::{Decorator, TypeExpr, TypeKind, decorator};
use crate::json::{Json, JsonValue, Members};

/// Only parameters have `@allowed` values.
#[derive(Clone, Copy, PartialEq, Eq)]
enum IsParameter {
    Yes,
    No,
}

/// A schema with one member `type`.
fn of_type(name: &str) -> Members {
    [("type".to_owned(), name.into())].into_iter().collect()
}

/// The schema of a type that needs no declaration.
pub(super) fn builtin(name: &str) -> Members {
    if name == "any" {
        return Members::new();
    }
    of_type(name)
}

/// `text` as a segment of a JSON pointer.
pub(super) fn pointer_segment(text: &str) -> String {
    text.replace('~', "~0").replace('/', "~1")
}

impl Emitter<'_> {
    /// The schema of a type with the decorators on its declaration.
    pub(super) fn decorated_schema(
        &self,
        context: &Context,
        kind: &TypeExpr,
        decorators: &[Decorator],
    ) -> Members {
        self.full_schema(context, kind, decorators, None, IsParameter::No)
    }

    /// The same, for a parameter, perhaps with a default.
    pub(super) fn parameter_schema(
        &self,
        context: &Context,
        kind: &TypeExpr,
        decorators: &[Decorator],
        default: Option<Json>,
    ) -> Members {
        self.full_schema(context, kind, decorators, default, IsParameter::Yes)
    }

    fn full_schema(
        &self,
        context: &Context,
        kind: &TypeExpr,
        decorators: &[Decorator],
        default: Option<Json>,
        is_parameter: IsParameter,
    ) -> Members {
        let mut members = match decorator(decorators, "discriminator") {
            Some([property]) => self
                .discriminated(context, kind, property.plain_string().unwrap_or(""))
                .unwrap_or_else(|| self.schema(context, kind)),
            _ => self.schema(context, kind),
        };
        if decorator(decorators, "secure").is_some() {
            make_secure(&mut members);
        }
        if let Some(default) = default {
            members.insert("defaultValue".to_owned(), default);
        }
        if is_parameter == IsParameter::Yes
            && let Some([values]) = decorator(decorators, "allowed")
        {
            members.insert("allowedValues".to_owned(), self.json(context, values));
        }
        self.modifiers(context, decorators, &mut members);
        members
    }

    /// What decorators add, in the order of the official compiler: a fixed one, however the source orders them. Before
    /// July 2023 it was the source's, backwards; published templates of that time differ in nothing else.
    ///
    /// Source: Bicep's change "Make decorators order independent" (11380).
    fn modifiers(&self, context: &Context, decorators: &[Decorator], members: &mut Members) {
        if decorator(decorators, "sealed").is_some() {
            members.insert("additionalProperties".to_owned(), false.into());
        }
        let mut metadata = match members.get("metadata").and_then(Json::as_object) {
            Some(derived) => derived.clone(),
            None => Members::new(),
        };
        if decorator(decorators, "export").is_some() && !self.is_imported(context) {
            metadata.insert("__bicep_export!".to_owned(), true.into());
        }
        let given = decorator(decorators, "metadata");
        if let Some([value]) = given {
            let value = self.json(context, value);
            metadata.extend(value.as_object().cloned().unwrap_or_default());
        }
        if !metadata.is_empty() || given.is_some() {
            members.insert("metadata".to_owned(), metadata.into());
        }
        for name in ["minLength", "maxLength", "minValue", "maxValue"] {
            if let Some([value]) = decorator(decorators, name) {
                members.insert(name.to_owned(), self.json(context, value));
            }
        }
        if let Some(description) = self.description(context, decorators) {
            metadata_of(members).insert("description".to_owned(), description);
        }
    }

    /// The argument of `@description`; several lines are aligned at their common indentation.
    pub(super) fn description(&self, context: &Context, decorators: &[Decorator]) -> Option<Json> {
        let [value] = decorator(decorators, "description")? else {
            return None;
        };
        Some(match &value.kind {
            crate::ast::ExprKind::String(literal) if literal.multiline => match literal.plain() {
                Some(text) => crate::arm::escape(&unindent(text)).into(),
                None => self.json(context, value),
            },
            _ => self.json(context, value),
        })
    }

    /// The schema of a type.
    pub(super) fn schema(&self, context: &Context, kind: &TypeExpr) -> Members {
        match &kind.kind {
            TypeKind::Name(..)
            | TypeKind::Property(..)
            | TypeKind::AdditionalOf(_)
            | TypeKind::ItemOf(_)
            | TypeKind::IndexOf(..) => self.reference_schema(context, kind),
            TypeKind::Array(element) => self.array_schema(context, element),
            TypeKind::Nullable(inner) => with_nullable(self.schema(context, inner), true),
            TypeKind::NonNull(inner) => with_nullable(self.schema(context, inner), false),
            TypeKind::Paren(inner) => self.schema(context, inner),
            TypeKind::Union(_) | TypeKind::Literal(_) => self.union_schema(context, kind),
            TypeKind::Object {
                members,
                additional,
            } => {
                let properties: Members = members
                    .iter()
                    .map(|member| {
                        (
                            member.name.plain().unwrap_or("").to_owned(),
                            self.decorated_schema(context, &member.kind, &member.decorators)
                                .into(),
                        )
                    })
                    .collect();
                let mut schema = of_type("object");
                schema.insert("properties".to_owned(), properties.into());
                if let Some(additional) = additional {
                    let value =
                        self.decorated_schema(context, &additional.kind, &additional.decorators);
                    schema.insert("additionalProperties".to_owned(), value.into());
                }
                schema
            }
            TypeKind::Tuple(items) => {
                let items: Vec<Json> = items
                    .iter()
                    .map(|(decorators, item)| {
                        self.decorated_schema(context, item, decorators).into()
                    })
                    .collect();
                let mut schema = of_type("array");
                schema.insert("prefixItems".to_owned(), items.into());
                schema.insert("items".to_owned(), false.into());
                schema
            }
            TypeKind::Missing => Members::new(),
        }
    }

    fn reference_schema(&self, context: &Context, kind: &TypeExpr) -> Members {
        match self.locate(context, kind) {
            Some(Located::Builtin(name)) => builtin(&name),
            Some(Located::Bicep { pointer, .. } | Located::Json { pointer, .. }) => {
                [("$ref".to_owned(), pointer.into())].into_iter().collect()
            }
            Some(Located::Derived(derived)) => derived.schema(self.workspace),
            None => Members::new(),
        }
    }

    fn array_schema(&self, context: &Context, element: &TypeExpr) -> Members {
        let mut schema = of_type("array");
        let mut bare = element;
        while let TypeKind::Paren(inner) = &bare.kind {
            bare = inner;
        }
        if matches!(bare.kind, TypeKind::Union(_) | TypeKind::Literal(_)) {
            let values = self.literal_members(context, bare);
            if let Some(values) = values {
                let values: Vec<Json> = values.iter().map(type_union::literal_json).collect();
                schema.insert("allowedValues".to_owned(), values.into());
                return schema;
            }
        }
        schema.insert("items".to_owned(), self.schema(context, element).into());
        schema
    }

    fn union_schema(&self, context: &Context, kind: &TypeExpr) -> Members {
        let mut values = self.literal_members(context, kind).unwrap_or_default();
        let nullable = values.contains(&Value::Null) && values.len() > 1;
        values.retain(|value| !(nullable && value.is_null()));
        let mut schema = Members::new();
        if let Some(common) = type_union::common_kind(&values) {
            schema.insert("type".to_owned(), common.into());
        }
        let allowed: Vec<Json> = values.iter().map(type_union::literal_json).collect();
        schema.insert("allowedValues".to_owned(), allowed.into());
        if nullable || type_union::has_nullable_member(kind) {
            schema.insert("nullable".to_owned(), true.into());
        }
        schema
    }

    /// Whether the context is a file whose declarations are imported into the template.
    pub(super) fn is_imported(&self, context: &Context) -> bool {
        context.model.file != self.root.file
    }
}

/// The metadata among `members`, there from now on.
fn metadata_of(members: &mut Members) -> &mut Members {
    let metadata = members
        .entry("metadata".to_owned())
        .or_insert_with(|| Members::new().into());
    if metadata.as_object().is_none() {
        *metadata = Members::new().into();
    }
    match &mut metadata.value {
        JsonValue::Object(metadata) => metadata,
        _ => unreachable!("made an object above"),
    }
}

/// Adds `nullable`.
fn with_nullable(mut members: Members, nullable: bool) -> Members {
    members.insert("nullable".to_owned(), nullable.into());
    members
}

fn make_secure(members: &mut Members) {
    let secure = match members.get("type").and_then(Json::as_str) {
        Some("string") => "securestring",
        Some("object") => "secureObject",
        _ => return,
    };
    members.insert("type".to_owned(), secure.into());
}

/// Removes the indentation that all lines after the first share.
fn unindent(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let indentation = |line: &&str| line.len() - line.trim_start().len();
    let common = lines
        .iter()
        .skip(1)
        .filter(|line| !line.trim().is_empty())
        .map(indentation)
        .min()
        .unwrap_or(0);
    let mut out: Vec<&str> = lines
        .iter()
        .enumerate()
        .map(|(index, line)| match index {
            0 => *line,
            _ => line.get(common..).unwrap_or(""),
        })
        .collect();
    if text.ends_with('\n') {
        out.push("");
    }
    out.join("\n")
}
