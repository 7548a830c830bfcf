//! The types that are written.

use std::cell::OnceCell;
use std::rc::Rc;

use super::Checker;
use super::declared_object::or_any;
use crate::ast::{Decorator, Expr, ExprKind, Ident, TypeExpr, TypeKind, UnaryOperator, decorator};
use crate::model::{DeclarationId, DeclarationKind, Target};
use crate::types::{Levels, Looseness, Type, nullable, without_null};

/// How many levels a type may have; nothing that is meant has as many.
const MAX_LEVELS: usize = 500;

impl<'a> Checker<'a> {
    /// The type that is written, with what the decorators above it say.
    pub(super) fn decorated_type(
        &mut self,
        kind: &'a TypeExpr,
        decorators: &'a [Decorator],
        looseness: Looseness,
    ) -> Type {
        let outer = self.discriminator.take();
        self.discriminator =
            decorator(decorators, "discriminator").and_then(|arguments| match arguments {
                [only] => only.plain_string().map(Rc::from),
                _ => None,
            });
        if decorator(decorators, "discriminator").is_some() && self.discriminator.is_none() {
            // What is wrong with the decorator is said there; without it, the union means nothing.
            self.discriminator = outer;
            return Type::Error;
        }
        let declared = self.written_type(kind);
        self.discriminator = outer;
        self.limited(declared, decorators, looseness)
    }

    /// The type that is written.
    pub(super) fn written_type(&mut self, kind: &'a TypeExpr) -> Type {
        self.type_at(kind, false)
    }

    /// As [`Self::written_type`]; `is_base` says that something inside of it is what is meant.
    pub(super) fn type_at(&mut self, kind: &'a TypeExpr, is_base: bool) -> Type {
        let discriminator = self.discriminator.take();
        match &kind.kind {
            TypeKind::Paren(inner) => {
                self.discriminator = discriminator;
                self.type_at(inner, is_base)
            }
            TypeKind::Nullable(inner) => {
                self.discriminator = discriminator;
                match self.type_at(inner, is_base) {
                    Type::Error => Type::Error,
                    inner => nullable(inner),
                }
            }
            TypeKind::NonNull(inner) => {
                self.discriminator = discriminator;
                let inner = self.type_at(inner, is_base);
                without_null(&inner).unwrap_or(inner)
            }
            TypeKind::Union(members) => match discriminator {
                Some(key) => self.tagged_union(members, &key),
                None => self.plain_union(kind.span, members),
            },
            TypeKind::Name(name, arguments) => self.named_type(kind, name, arguments, is_base),
            TypeKind::Property(base, name, arguments) => {
                self.type_member(kind, base, name, arguments, is_base)
            }
            TypeKind::AdditionalOf(base) => self.type_additional(kind.span, base),
            TypeKind::ItemOf(base) => self.type_item(kind.span, base),
            TypeKind::IndexOf(base, index) => self.type_index(base, index),
            TypeKind::Array(item) => match self.array_item(item) {
                Type::Error => Type::array(),
                item => Type::array_of(item),
            },
            TypeKind::Object {
                members,
                additional,
            } => self.object_type(members, additional.as_deref()),
            TypeKind::Tuple(items) => {
                let items: Vec<Type> = items
                    .iter()
                    .map(|(decorators, item)| {
                        let kind = self.decorated_type(item, decorators, Looseness::Strict);
                        self.check_decorators(
                            decorators,
                            super::decorator::On::Member,
                            &kind,
                            Some(item),
                        );
                        or_any(kind)
                    })
                    .collect();
                Type::Tuple(items.into())
            }
            TypeKind::Literal(literal) => self.literal_type(literal),
            TypeKind::Missing => Type::Any,
        }
    }

    fn array_item(&mut self, item: &'a TypeExpr) -> Type {
        let mut inner = item;
        while let TypeKind::Paren(next) = &inner.kind {
            inner = next;
        }
        match &inner.kind {
            TypeKind::Union(members) => self.item_union(inner.span, members),
            TypeKind::Name(name, _) if self.is_in_type_cycle(name) => Type::Any,
            _ => self.written_type(item),
        }
    }

    fn is_in_type_cycle(&self, name: &Ident) -> bool {
        self.declaration(name)
            .is_some_and(|(id, _)| self.type_cycles.contains_key(&id))
    }

    fn literal_type(&mut self, literal: &'a Expr) -> Type {
        match &literal.kind {
            ExprKind::Null => Type::Null,
            ExprKind::Unary(UnaryOperator::Minus, operand) => match &operand.kind {
                ExprKind::Int(value) => i64::try_from(*value)
                    .ok()
                    .and_then(i64::checked_neg)
                    .map_or(Type::INT, Type::IntLiteral),
                _ => self.infer(literal),
            },
            _ => match self.infer(literal) {
                kind if kind.is_literal() || kind.is_error() => kind,
                _ => {
                    let message = "a type is a literal, without anything that has to be worked out";
                    self.error(literal.span, "BCP285", message)
                }
            },
        }
    }

    fn named_type(
        &mut self,
        kind: &'a TypeExpr,
        name: &'a Ident,
        arguments: &'a [TypeExpr],
        is_base: bool,
    ) -> Type {
        match self.model.target(name) {
            Some(Target::Declaration(id)) => {
                let declared = self.type_reference(id, name);
                if !arguments.is_empty() {
                    let message = format!("`{}` takes no arguments", name.text);
                    return self.error(kind.span, "BCP383", message);
                }
                declared
            }
            Some(Target::Namespace) => {
                let message = format!(
                    "`{}` is a namespace, and a type is expected here",
                    name.text
                );
                self.error(name.span, "BCP306", message)
            }
            Some(Target::Local(_)) => Type::Error,
            None => self.ambient_type(kind, name, arguments, is_base),
        }
    }

    /// A type of the language.
    pub(super) fn ambient_type(
        &mut self,
        kind: &'a TypeExpr,
        name: &'a Ident,
        arguments: &'a [TypeExpr],
        is_base: bool,
    ) -> Type {
        let plain = match &*name.text {
            "string" => Type::string(),
            "int" => Type::INT,
            "bool" => Type::BOOL,
            "object" => Type::object(),
            "array" => Type::array(),
            "any" => Type::Any,
            "resourceInput" | "resourceOutput" | "resource" => {
                return self.derived_type(kind, name, arguments, is_base);
            }
            _ => return Type::Error,
        };
        if arguments.is_empty() {
            return plain;
        }
        let message = format!("`{}` takes no arguments", name.text);
        self.error(kind.span, "BCP383", message)
    }

    /// A declared or imported type, where it is used.
    pub(super) fn type_reference(&mut self, id: DeclarationId, name: &Ident) -> Type {
        match self.type_of_declaration(id) {
            Type::Error => {
                if matches!(self.model.declarations[id].kind, DeclarationKind::Type(_)) {
                    let message = format!("the declaration of `{}` has errors", name.text);
                    self.error(name.span, "BCP062", message);
                }
                Type::Error
            }
            kind => kind,
        }
    }

    /// What a declared type is.
    pub(super) fn type_of_declaration(&mut self, id: DeclarationId) -> Type {
        if let Some(cell) = self.aliases.get(&id) {
            return match cell.get() {
                Some(kind) => kind.clone(),
                None => Type::Recursive(Rc::downgrade(cell)),
            };
        }
        let model = self.model;
        let declared = match &model.declarations[id].kind {
            DeclarationKind::Type(declared) => declared,
            DeclarationKind::Imported { source, name } => {
                let interface = source.interface();
                return interface.types.get(name).cloned().unwrap_or(Type::Error);
            }
            _ => return Type::Error,
        };
        let cell = Rc::new(OnceCell::new());
        self.aliases.insert(id, Rc::clone(&cell));
        let kind = match self.type_cycles.get(&id) {
            Some(cycle) => {
                let (code, message) = if cycle.len() == 1 {
                    (
                        "BCP298",
                        "this type holds itself, with no way out".to_owned(),
                    )
                } else {
                    let names: Vec<String> = cycle
                        .iter()
                        .map(|id| format!("`{}`", model.declarations[*id].name.text))
                        .collect();
                    let way = names.join(" → ");
                    (
                        "BCP299",
                        format!("these types hold each other, with no way out: {way}"),
                    )
                };
                self.error(declared.name.span, code, message);
                // What else is wrong in it is worth knowing, too.
                self.decorated_type(&declared.value, &declared.decorators, Looseness::Strict);
                Type::Error
            }
            None => self.decorated_type(&declared.value, &declared.decorators, Looseness::Strict),
        };
        if matches!(declared.value.kind, TypeKind::Literal(_)) && matches!(kind, Type::Null) {
            let message = "`null` alone is no type";
            self.error(declared.value.span, "BCP289", message);
        }
        let kind = if self.levels.of(&kind) > MAX_LEVELS {
            // What was counted is dropped, and its place may be taken by others.
            self.levels = Levels::default();
            let message = format!(
                "`{}` has more than {MAX_LEVELS} levels, with those of the types it uses; nest less of it",
                declared.name.text
            );
            self.error(declared.name.span, "too-deep-a-type", message)
        } else {
            kind
        };
        let kind = cell.get_or_init(|| kind);
        kind.clone()
    }
}

/// The value of an integer literal, with or without a sign.
pub(super) fn integer(expr: &Expr) -> Option<i64> {
    match &expr.kind {
        ExprKind::Int(value) => i64::try_from(*value).ok(),
        ExprKind::Unary(UnaryOperator::Minus, operand) => match operand.kind {
            ExprKind::Int(value) => i64::try_from(value).ok().and_then(i64::checked_neg),
            _ => None,
        },
        _ => None,
    }
}
