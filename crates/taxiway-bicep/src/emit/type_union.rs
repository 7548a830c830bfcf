//! Unions: of literals, which become allowed values, and of objects told apart by a discriminator.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::Emitter;
use super::environment::Context;
use super::type_location::Located;
use crate::arm::escape;
use crate::ast::{Expr, ExprKind, TypeExpr, TypeKind, UnaryOperator, decorator};
use crate::json::{Json, Members};

/// The kind that all values share; `null` has none.
pub(super) fn common_kind(values: &[Value]) -> Option<&'static str> {
    let mut kinds = values.iter().map(kind_of);
    let first = kinds.next()??;
    kinds.all(|kind| kind == Some(first)).then_some(first)
}

const fn kind_of(value: &Value) -> Option<&'static str> {
    Some(match value {
        Value::String(_) => "string",
        Value::Number(_) => "int",
        Value::Bool(_) => "bool",
        Value::Object(_) => "object",
        Value::Array(_) => "array",
        Value::Null => return None,
    })
}

/// A literal of a union in the template.
pub(super) fn literal_json(value: &Value) -> Json {
    match value {
        Value::String(text) => escape(text).into(),
        Value::Array(items) => items.iter().map(literal_json).collect::<Vec<_>>().into(),
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| (key.clone(), literal_json(value)))
            .collect::<Members>()
            .into(),
        other => Json::from_value(other),
    }
}

/// The literals of a union as they are found.
#[derive(Default)]
struct Literals {
    values: Vec<Value>,
    /// Types of other places that are in it already: file and offset.
    seen: HashSet<(u32, u32)>,
}

/// A literal as messages show it; unions are sorted by this.
fn display(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let escaped = text
                .replace('\\', "\\\\")
                .replace('\'', "\\'")
                .replace('\n', "\\n")
                .replace('\r', "\\r")
                .replace('\t', "\\t")
                .replace("${", "\\${");
            format!("'{escaped}'")
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(display).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(key, value)| format!("{key}: {}", display(value)))
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
        other => other.to_string(),
    }
}

impl Emitter<'_> {
    /// The literals of a union: flattened, each once, in order. `None` where a member is no literal.
    pub(super) fn literal_members(&self, context: &Context, kind: &TypeExpr) -> Option<Vec<Value>> {
        let mut literals = Literals::default();
        self.collect_literals(context, kind, &mut literals, 0)?;
        let mut shown: Vec<_> = literals
            .values
            .into_iter()
            .map(|value| (display(&value), value))
            .collect();
        shown.sort_by(|left, right| left.0.encode_utf16().cmp(right.0.encode_utf16()));
        shown.dedup_by(|left, right| left.0 == right.0);
        Some(shown.into_iter().map(|(_, value)| value).collect())
    }

    fn collect_literals(
        &self,
        context: &Context,
        kind: &TypeExpr,
        literals: &mut Literals,
        depth: usize,
    ) -> Option<()> {
        if depth > 64 {
            return None;
        }
        match &kind.kind {
            TypeKind::Union(members) => {
                for member in members {
                    self.collect_literals(context, member, literals, depth + 1)?;
                }
            }
            TypeKind::Paren(inner) | TypeKind::NonNull(inner) => {
                self.collect_literals(context, inner, literals, depth + 1)?;
            }
            TypeKind::Nullable(inner) => {
                self.collect_literals(context, inner, literals, depth + 1)?;
                literals.values.push(Value::Null);
            }
            TypeKind::Literal(literal) => literals.values.push(literal_value(literal)?),
            TypeKind::Object {
                members,
                additional: None,
            } => {
                let mut object = Map::new();
                for member in members {
                    let value = self.single_literal(context, &member.kind, depth)?;
                    object.insert(member.name.plain()?.to_owned(), value);
                }
                literals.values.push(Value::Object(object));
            }
            TypeKind::Tuple(items) => {
                let items: Option<Vec<_>> = items
                    .iter()
                    .map(|(_, item)| self.single_literal(context, item, depth))
                    .collect();
                literals.values.push(Value::Array(items?));
            }
            TypeKind::Name(..)
            | TypeKind::Property(..)
            | TypeKind::ItemOf(_)
            | TypeKind::AdditionalOf(_)
            | TypeKind::IndexOf(..) => match self.locate(context, kind)? {
                Located::Bicep { context, kind, .. } => {
                    if !literals.seen.insert((context.model.file, kind.span.start)) {
                        return Some(());
                    }
                    self.collect_literals(&context, &kind, literals, depth + 1)?;
                }
                Located::Json { value, .. } => {
                    let allowed = value.get("allowedValues")?.as_array()?;
                    literals.values.extend(allowed.iter().cloned());
                    if value.get("nullable") == Some(&Value::Bool(true)) {
                        literals.values.push(Value::Null);
                    }
                }
                Located::Builtin(_) | Located::Derived(_) => return None,
            },
            _ => return None,
        }
        Some(())
    }

    fn single_literal(&self, context: &Context, kind: &TypeExpr, depth: usize) -> Option<Value> {
        let mut literals = Literals::default();
        self.collect_literals(context, kind, &mut literals, depth + 1)?;
        match literals.values.as_slice() {
            [value] => Some(value.clone()),
            _ => None,
        }
    }

    /// `{type, discriminator: {propertyName, mapping}}`
    pub(super) fn discriminated(
        &self,
        context: &Context,
        kind: &TypeExpr,
        property: &str,
    ) -> Option<Members> {
        let mut bare = kind;
        let mut nullable = None;
        loop {
            bare = match &bare.kind {
                TypeKind::Paren(inner) => inner,
                TypeKind::Nullable(inner) => {
                    nullable = Some(true);
                    inner
                }
                TypeKind::NonNull(inner) => {
                    nullable = Some(false);
                    inner
                }
                _ => break,
            };
        }
        if !matches!(bare.kind, TypeKind::Union(_)) {
            return None;
        }
        let mut mapping = Members::new();
        self.collect_mapping(context, bare, property, &mut mapping, 0);
        let discriminator: Members = [
            ("propertyName".to_owned(), property.into()),
            ("mapping".to_owned(), mapping.into()),
        ]
        .into_iter()
        .collect();
        let mut schema: Members = [
            ("type".to_owned(), "object".into()),
            ("discriminator".to_owned(), discriminator.into()),
        ]
        .into_iter()
        .collect();
        if let Some(nullable) = nullable {
            schema.insert("nullable".to_owned(), nullable.into());
        }
        Some(schema)
    }

    fn collect_mapping(
        &self,
        context: &Context,
        kind: &TypeExpr,
        property: &str,
        mapping: &mut Members,
        depth: usize,
    ) {
        if depth > 64 {
            return;
        }
        match &kind.kind {
            TypeKind::Union(members) => {
                for member in members {
                    self.collect_mapping(context, member, property, mapping, depth + 1);
                }
            }
            TypeKind::Paren(inner) | TypeKind::Nullable(inner) | TypeKind::NonNull(inner) => {
                self.collect_mapping(context, inner, property, mapping, depth + 1);
            }
            TypeKind::Object { .. } => {
                if let Some(value) = self.discriminator_value(context, kind, property) {
                    mapping.insert(value, self.schema(context, kind).into());
                }
            }
            _ => self.collect_alias_mapping(context, kind, property, mapping, depth),
        }
    }

    fn collect_alias_mapping(
        &self,
        context: &Context,
        kind: &TypeExpr,
        property: &str,
        mapping: &mut Members,
        depth: usize,
    ) {
        match self.locate(context, kind) {
            Some(Located::Bicep {
                pointer,
                context: inner,
                kind: target,
                decorators,
            }) => {
                let mut bare = &target;
                while let TypeKind::Paren(inner)
                | TypeKind::Nullable(inner)
                | TypeKind::NonNull(inner) = &bare.kind
                {
                    bare = inner;
                }
                let is_discriminated = decorator(&decorators, "discriminator").is_some()
                    || matches!(bare.kind, TypeKind::Union(_));
                let is_alias = matches!(
                    bare.kind,
                    TypeKind::Name(..)
                        | TypeKind::Property(..)
                        | TypeKind::ItemOf(_)
                        | TypeKind::IndexOf(..)
                        | TypeKind::AdditionalOf(_)
                );
                if is_discriminated || is_alias {
                    self.collect_mapping(&inner, bare, property, mapping, depth + 1);
                } else if let Some(value) = self.discriminator_value(&inner, bare, property) {
                    let reference: Members =
                        [("$ref".to_owned(), pointer.into())].into_iter().collect();
                    mapping.insert(value, reference.into());
                }
            }
            Some(Located::Json {
                pointer,
                value,
                source,
            }) => {
                let nested = value
                    .pointer("/discriminator/mapping")
                    .and_then(Value::as_object);
                if let Some(nested) = nested {
                    let mut entries: Vec<_> = nested.iter().collect();
                    entries.sort_by(|left, right| left.0.cmp(right.0));
                    for (key, value) in entries {
                        mapping.insert(key.clone(), self.rewrite_json(&source, value));
                    }
                } else if let Some(value) = value
                    .pointer(&format!("/properties/{property}/allowedValues/0"))
                    .and_then(Value::as_str)
                {
                    let reference: Members =
                        [("$ref".to_owned(), pointer.into())].into_iter().collect();
                    mapping.insert(value.to_owned(), reference.into());
                }
            }
            _ => {}
        }
    }

    fn discriminator_value(
        &self,
        context: &Context,
        kind: &TypeExpr,
        property: &str,
    ) -> Option<String> {
        let TypeKind::Object { members, .. } = &kind.kind else {
            return None;
        };
        let member = members
            .iter()
            .find(|member| member.name.plain() == Some(property))?;
        match self.literal_members(context, &member.kind)?.as_slice() {
            [Value::String(text)] => Some(text.clone()),
            _ => None,
        }
    }
}

/// Whether a member of a union can be null.
pub(super) fn has_nullable_member(kind: &TypeExpr) -> bool {
    match &kind.kind {
        TypeKind::Union(members) => members.iter().any(has_nullable_member),
        TypeKind::Paren(inner) => has_nullable_member(inner),
        TypeKind::Nullable(_) => true,
        _ => false,
    }
}

/// The value of a literal in a type.
fn literal_value(expr: &Expr) -> Option<Value> {
    Some(match &expr.bare().kind {
        ExprKind::Null => Value::Null,
        ExprKind::Bool(value) => Value::Bool(*value),
        ExprKind::String(literal) => Value::String(literal.plain()?.to_owned()),
        ExprKind::Unary(UnaryOperator::Not, operand) => {
            Value::Bool(!literal_value(operand)?.as_bool()?)
        }
        _ => Value::from(Emitter::integer_literal(expr)?),
    })
}
