//! The types that are written.

use std::cell::OnceCell;
use std::rc::Rc;

use super::Checker;
use crate::ast::{
    AdditionalMember, Decorator, Expr, ExprKind, Ident, TypeExpr, TypeKind, TypeMember,
    UnaryOperator, decorator,
};
use crate::model::{DeclarationId, DeclarationKind, Target};
use crate::types::{
    Additional, Array, Flags, Integer, Levels, Looseness, Member, Members, Object, Strictness,
    Tagged, Text, Type, nullable, without_null,
};

/// How many levels a type may have; nothing that is meant has as many.
const MAX_LEVELS: usize = 500;

/// The lengths or values that decorators set.
struct Limits {
    least: Option<i64>,
    greatest: Option<i64>,
}

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

    fn limited(&mut self, kind: Type, decorators: &'a [Decorator], looseness: Looseness) -> Type {
        if let Some(rest) = without_null(&kind) {
            return nullable(self.limited(rest, decorators, looseness));
        }
        if decorators.is_empty() && looseness == Looseness::Strict {
            return kind;
        }
        let is_secret = decorator(decorators, "secure").is_some();
        match kind {
            Type::Bool(own) => Type::Bool(looseness.or(own)),
            Type::Int(own) => {
                let names = ["minValue", "maxValue"];
                match self.limits(decorators, names, own.least, own.greatest) {
                    Some(limits) => Type::limited_integer(Integer {
                        least: limits.least,
                        greatest: limits.greatest,
                        looseness: looseness.or(own.looseness),
                    }),
                    None => Type::Error,
                }
            }
            Type::String(text) => {
                let names = ["minLength", "maxLength"];
                match self.limits(decorators, names, text.least, text.greatest) {
                    Some(Limits {
                        greatest: Some(0), ..
                    }) => Type::literal(""),
                    Some(limits) => Type::String(Text {
                        least: limits.least,
                        greatest: limits.greatest,
                        // The official compiler checks no pattern of what has decorators.
                        pattern: text.pattern.filter(|_| decorators.is_empty()),
                        looseness: looseness.or(text.looseness),
                        is_secret: is_secret || text.is_secret,
                    }),
                    None => Type::Error,
                }
            }
            Type::Array(array) => {
                let names = ["minLength", "maxLength"];
                match self.limits(decorators, names, array.least, array.greatest) {
                    Some(limits) => Type::Array(Rc::new(Array {
                        item: array.item.clone(),
                        least: limits.least,
                        greatest: limits.greatest,
                        is_untyped: array.is_untyped,
                        is_lenient: array.is_lenient,
                    })),
                    None => Type::Error,
                }
            }
            Type::Object(object) => {
                let is_sealed = decorator(decorators, "sealed").is_some();
                if !is_sealed && !is_secret {
                    return Type::Object(object);
                }
                Type::Object(Rc::new(Object {
                    name: Rc::clone(&object.name),
                    members: object.members.clone(),
                    additional: object.additional.clone().filter(|_| !is_sealed),
                    strictness: object.strictness,
                    is_secret: is_secret || object.is_secret,
                }))
            }
            other => other,
        }
    }

    /// What two decorators set; `None` where the least is more than the greatest, which is reported.
    fn limits(
        &mut self,
        decorators: &'a [Decorator],
        names: [&'static str; 2],
        least: Option<i64>,
        greatest: Option<i64>,
    ) -> Option<Limits> {
        let of = |name: &str| {
            decorator(decorators, name).and_then(|arguments| match arguments {
                [only] => integer(only),
                _ => None,
            })
        };
        let (own_least, own_greatest) = (of(names[0]), of(names[1]));
        let limits = Limits {
            least: own_least.or(least),
            greatest: own_greatest.or(greatest),
        };
        let is_wrong = limits
            .least
            .zip(limits.greatest)
            .is_some_and(|(least, greatest)| least > greatest);
        if !is_wrong {
            return Some(limits);
        }
        let blamed = if own_least.is_some() {
            names[0]
        } else {
            names[1]
        };
        let blamed = decorators
            .iter()
            .find(|decorator| decorator.call().is_some_and(|(name, _)| name == blamed))?;
        let message = format!("`{}` is more than `{}`", names[0], names[1]);
        self.error(blamed.expr.span, "BCP331", message);
        None
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

    fn object_type(
        &mut self,
        members: &'a [TypeMember],
        additional: Option<&'a AdditionalMember>,
    ) -> Type {
        let mut is_error = false;
        let mut found = Members::new();
        for member in members {
            let kind = self.decorated_type(&member.kind, &member.decorators, Looseness::Strict);
            self.check_decorators(
                &member.decorators,
                super::decorator::On::Member,
                &kind,
                Some(&member.kind),
            );
            let Some(name) = member.name.plain().filter(|name| !name.is_empty()) else {
                if !member.name.parts.is_empty() {
                    let message = "the name of a member cannot be computed";
                    self.error(member.name.span, "BCP296", message);
                }
                is_error = true;
                continue;
            };
            let is_optional = matches!(member.kind.kind, TypeKind::Nullable(_));
            let flags = if is_optional {
                Flags::NONE
            } else {
                Flags::REQUIRED
            };
            let member_kind = or_any(kind);
            let member_entry = Member {
                kind: member_kind,
                flags,
            };
            if found.insert(Rc::from(name), member_entry).is_some() {
                let message = format!("`{name}` is declared more than once in this type");
                self.error(member.name.span, "BCP025", message);
                is_error = true;
            }
        }
        let additional = match additional {
            Some(additional) => {
                let kind = self.decorated_type(
                    &additional.kind,
                    &additional.decorators,
                    Looseness::Strict,
                );
                self.check_decorators(
                    &additional.decorators,
                    super::decorator::On::Member,
                    &kind,
                    Some(&additional.kind),
                );
                Additional {
                    kind: or_any(kind),
                    flags: Flags::NONE,
                }
            }
            None => Additional {
                kind: Type::Any,
                flags: Flags::FALLBACK,
            },
        };
        if is_error {
            return Type::Error;
        }
        Type::Object(Rc::new(Object {
            name: Rc::from(object_name(&found, &additional)),
            members: found,
            additional: Some(additional),
            strictness: Strictness::Strict,
            is_secret: false,
        }))
    }

    /// A union of objects that a member tells apart.
    fn tagged_union(&mut self, members: &'a [TypeExpr], key: &Rc<str>) -> Type {
        let mut variants: indexmap::IndexMap<Rc<str>, Rc<Object>> = indexmap::IndexMap::new();
        let mut is_error = false;
        for member in members {
            self.discriminator = Some(Rc::clone(key));
            let kind = self.written_type(member);
            self.discriminator = None;
            let objects = match kind.open() {
                // It holds this union, so it is not known yet.
                Type::Any => return Type::Any,
                Type::Object(object) => vec![object],
                Type::Tagged(tagged) => tagged.variants.values().map(Rc::clone).collect(),
                _ => {
                    let message = "only objects can be told apart by one of their members";
                    self.error(member.span, "BCP286", message);
                    is_error = true;
                    continue;
                }
            };
            for object in objects {
                let value = object.members.get(key).and_then(|found| {
                    match (found.flags.has(Flags::REQUIRED), found.kind.open()) {
                        (true, Type::StringLiteral(value)) => Some(value),
                        _ => None,
                    }
                });
                let Some(value) = value else {
                    let message =
                        format!("`{key}` must be there in every one of them, as a string literal");
                    self.error(member.span, "BCP364", message);
                    is_error = true;
                    continue;
                };
                let is_taken = variants
                    .keys()
                    .any(|known| known.eq_ignore_ascii_case(&value));
                if is_taken && !Rc::ptr_eq(variants.get(&value).unwrap_or(&object), &object) {
                    let message = format!("more than one of them has `{key}: '{value}'`");
                    self.error(member.span, "BCP365", message);
                    is_error = true;
                    continue;
                }
                if is_taken && !variants.contains_key(&value) {
                    let message = format!("more than one of them has `{key}: '{value}'`");
                    self.error(member.span, "BCP365", message);
                    is_error = true;
                    continue;
                }
                variants.insert(value, object);
            }
        }
        if is_error || variants.is_empty() {
            return Type::Error;
        }
        let names: Vec<&str> = variants.values().map(|object| &*object.name).collect();
        Type::Tagged(Rc::new(Tagged {
            name: Rc::from(names.join(" | ")),
            key: Rc::clone(key),
            key_flags: Flags::NONE,
            variants,
            strictness: Strictness::Strict,
        }))
    }
}

/// What is wrong inside was reported; the whole can still be used.
fn or_any(kind: Type) -> Type {
    if kind.is_error() { Type::Any } else { kind }
}

fn object_name(members: &Members, additional: &Additional) -> String {
    let mut parts: Vec<String> = members
        .iter()
        .map(|(name, member)| format!("{name}: {}", member.kind))
        .collect();
    if !additional.flags.has(Flags::FALLBACK) {
        parts.push(format!("*: {}", additional.kind));
    }
    const MOST: usize = 160;
    let name = format!("{{ {} }}", parts.join(", "));
    if parts.is_empty() || name.len() > MOST {
        "object".to_owned()
    } else {
        name
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
