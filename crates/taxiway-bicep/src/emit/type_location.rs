//! Where a named type, or a part of one, is declared.

use std::rc::Rc;

use serde_json::Value;

use super::Emitter;
use super::derived::Derived;
use super::environment::Context;
use super::types::pointer_segment;
use crate::ast::{Decorators, Ident, TypeExpr, TypeKind};
use crate::model::{DeclarationKind, ImportSource, JsonFile, Target};

/// What a type expression refers to.
pub(super) enum Located {
    /// A type that needs no declaration.
    Builtin(String),
    /// A type in a Bicep file.
    Bicep {
        pointer: String,
        context: Context,
        kind: TypeExpr,
        decorators: Decorators,
    },
    /// A definition in a template in JSON.
    Json {
        pointer: String,
        source: Rc<JsonFile>,
        value: Value,
    },
    /// `resourceInput<>` or `resourceOutput<>`, or a part of it.
    Derived(Derived),
}

/// One step from a type to a part of it.
enum Part<'a> {
    Property(&'a str),
    Item,
    Index(i64),
    Additional,
}

impl Emitter<'_> {
    /// Finds what a type expression refers to; `None` where it is no reference.
    pub(super) fn locate(&self, context: &Context, kind: &TypeExpr) -> Option<Located> {
        match &kind.kind {
            TypeKind::Name(name, arguments) => self.locate_name(context, name, arguments),
            TypeKind::Property(base, name, arguments) => {
                if let TypeKind::Name(namespace, _) = &base.kind {
                    if context.model.target(namespace) == Some(Target::Namespace) {
                        return builtin(name, arguments);
                    }
                    if let Some(DeclarationKind::Wildcard(source)) = context
                        .model
                        .declaration(namespace)
                        .map(|declaration| &declaration.kind)
                    {
                        return self.locate_in(source, &name.text);
                    }
                }
                self.part(context, base, &Part::Property(&name.text))
            }
            TypeKind::ItemOf(base) => self.part(context, base, &Part::Item),
            TypeKind::AdditionalOf(base) => self.part(context, base, &Part::Additional),
            TypeKind::IndexOf(base, index) => {
                let index = Self::integer_literal(index)?;
                self.part(context, base, &Part::Index(index))
            }
            TypeKind::Paren(inner) => self.locate(context, inner),
            _ => None,
        }
    }

    fn locate_name(
        &self,
        context: &Context,
        name: &Ident,
        arguments: &[TypeExpr],
    ) -> Option<Located> {
        let Some(declaration) = context.model.declaration(name) else {
            return builtin(name, arguments);
        };
        match &declaration.kind {
            DeclarationKind::Type(declared) => {
                let emitted = self.emitted_name(context.model.file, &declared.name.text);
                Some(Located::Bicep {
                    pointer: format!("#/definitions/{}", pointer_segment(&emitted)),
                    context: Context::top(&context.model),
                    kind: declared.value.clone(),
                    decorators: declared.decorators.clone(),
                })
            }
            DeclarationKind::Imported { source, name } => self.locate_in(source, name),
            _ => None,
        }
    }

    fn locate_in(&self, source: &ImportSource, name: &str) -> Option<Located> {
        match source {
            ImportSource::Bicep(model) => {
                let id = model.globals.get(name)?;
                let DeclarationKind::Type(declared) = &model.declarations[*id].kind else {
                    return None;
                };
                let emitted = self.emitted_name(model.file, name);
                Some(Located::Bicep {
                    pointer: format!("#/definitions/{}", pointer_segment(&emitted)),
                    context: Context::top(model),
                    kind: declared.value.clone(),
                    decorators: declared.decorators.clone(),
                })
            }
            ImportSource::Json(json) => {
                let value = json.template.get("definitions")?.get(name)?.clone();
                let emitted = self.emitted_name(json.file, name);
                Some(Located::Json {
                    pointer: format!("#/definitions/{}", pointer_segment(&emitted)),
                    source: Rc::clone(json),
                    value,
                })
            }
        }
    }

    /// A part of a type, at the place where it is declared.
    fn part(&self, context: &Context, base: &TypeExpr, part: &Part<'_>) -> Option<Located> {
        let located = self.declared(self.locate(context, base)?, 0)?;
        match located {
            Located::Bicep {
                pointer,
                context,
                kind,
                ..
            } => bicep_part(&pointer, context, &kind, part),
            Located::Json {
                pointer,
                source,
                value,
            } => {
                let suffix = part.pointer();
                let value = value.pointer(&suffix)?.clone();
                Some(Located::Json {
                    pointer: pointer + &suffix,
                    source,
                    value,
                })
            }
            Located::Derived(derived) => Some(Located::Derived(derived.part(&part.pointer()))),
            Located::Builtin(_) => None,
        }
    }

    /// Follows aliases to where the type is spelled out.
    fn declared(&self, located: Located, depth: usize) -> Option<Located> {
        if depth > 64 {
            return None;
        }
        match located {
            Located::Bicep {
                pointer,
                context,
                kind,
                decorators,
            } => {
                let mut bare = &kind;
                while let TypeKind::Paren(inner)
                | TypeKind::Nullable(inner)
                | TypeKind::NonNull(inner) = &bare.kind
                {
                    bare = inner;
                }
                match self.locate(&context, bare) {
                    Some(next) => self.declared(next, depth + 1),
                    None => {
                        let kind = bare.clone();
                        Some(Located::Bicep {
                            pointer,
                            context,
                            kind,
                            decorators,
                        })
                    }
                }
            }
            Located::Json {
                pointer,
                source,
                value,
            } => match value.get("$ref").and_then(Value::as_str) {
                Some(reference) => {
                    let name = reference.strip_prefix("#/definitions/")?;
                    let (name, rest) = name.split_once('/').unwrap_or((name, ""));
                    let located = self.locate_in(&ImportSource::Json(Rc::clone(&source)), name)?;
                    let Located::Json { pointer, value, .. } = located else {
                        return None;
                    };
                    let suffix = if rest.is_empty() {
                        String::new()
                    } else {
                        format!("/{rest}")
                    };
                    let value = value.pointer(&suffix)?.clone();
                    let pointer = pointer + &suffix;
                    self.declared(
                        Located::Json {
                            pointer,
                            source,
                            value,
                        },
                        depth + 1,
                    )
                }
                None => Some(Located::Json {
                    pointer,
                    source,
                    value,
                }),
            },
            other => Some(other),
        }
    }
}

impl Part<'_> {
    fn pointer(&self) -> String {
        match self {
            Self::Property(name) => format!("/properties/{}", pointer_segment(name)),
            Self::Item => "/items".to_owned(),
            Self::Index(index) => format!("/prefixItems/{index}"),
            Self::Additional => "/additionalProperties".to_owned(),
        }
    }
}

fn bicep_part(
    pointer: &str,
    context: Context,
    kind: &TypeExpr,
    part: &Part<'_>,
) -> Option<Located> {
    let (kind, decorators) = match (&kind.kind, part) {
        (TypeKind::Object { members, .. }, Part::Property(name)) => {
            let member = members
                .iter()
                .find(|member| member.name.plain() == Some(name))?;
            (member.kind.clone(), member.decorators.clone())
        }
        (TypeKind::Object { additional, .. }, Part::Additional) => {
            let additional = additional.as_ref()?;
            (additional.kind.clone(), additional.decorators.clone())
        }
        (TypeKind::Array(element), Part::Item) => ((**element).clone(), Vec::new()),
        (TypeKind::Tuple(items), Part::Index(index)) => {
            let (decorators, item) = items.get(usize::try_from(*index).ok()?)?;
            (item.clone(), decorators.clone())
        }
        _ => return None,
    };
    Some(Located::Bicep {
        pointer: format!("{pointer}{}", part.pointer()),
        context,
        kind,
        decorators,
    })
}

fn builtin(name: &Ident, arguments: &[TypeExpr]) -> Option<Located> {
    match &*name.text {
        "resourceInput" | "resourceOutput" => {
            let TypeKind::Literal(literal) = &arguments.first()?.kind else {
                return None;
            };
            Some(Located::Derived(Derived::new(
                literal.plain_string()?,
                &*name.text == "resourceOutput",
            )))
        }
        "resource" => Some(Located::Builtin("string".to_owned())),
        other => Some(Located::Builtin(other.to_owned())),
    }
}
