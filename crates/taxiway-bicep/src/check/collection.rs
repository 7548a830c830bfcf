//! Objects and arrays as they are written.

use std::rc::Rc;

use super::Checker;
use super::expression::MAX_LITERAL;
use crate::ast::{ArrayItem, Expr, Object, ObjectItem, Property};
use crate::types::{self, Additional, Flags, Member, Members, Type, assignable, union};

impl<'a> Checker<'a> {
    pub(super) fn object(&mut self, object: &'a Object) -> Type {
        let mut is_error = self.duplicate_members(object) || self.has_own_syntax_error(object);
        let mut members = Members::new();
        let mut additional = Vec::new();
        for item in &object.items {
            match item {
                ObjectItem::Property(property) => {
                    let kind = self.member(property);
                    is_error |= kind.is_error();
                    match property.key.plain() {
                        Some(name) => {
                            let flags = Flags::REQUIRED;
                            members.insert(Rc::from(name), Member { kind, flags });
                        }
                        None => additional.push(kind),
                    }
                }
                ObjectItem::Spread(value) => {
                    is_error |= self.spread_members(value, &mut members, &mut additional);
                }
                // A nested resource is a declaration of its own.
                ObjectItem::Resource(_) => {}
            }
        }
        if is_error {
            return Type::Error;
        }
        Type::Object(Rc::new(types::Object {
            name: Rc::from("object"),
            members,
            additional: (!additional.is_empty()).then(|| Additional {
                kind: union(additional),
                flags: Flags::NONE,
            }),
            ..types::Object::default()
        }))
    }

    fn member(&mut self, property: &'a Property) -> Type {
        let key = if property.key.plain().is_some() {
            Type::Null
        } else {
            self.string(&property.key)
        };
        let value = self.infer(&property.value);
        if key.is_error() { key } else { value }
    }

    /// Whether something between the members of an object cannot be read.
    fn has_own_syntax_error(&self, object: &Object) -> bool {
        object.is_broken
    }

    fn duplicate_members(&mut self, object: &Object) -> bool {
        let mut seen: std::collections::HashMap<&str, Vec<&Property>> =
            std::collections::HashMap::new();
        let mut has_duplicates = false;
        for item in &object.items {
            if let ObjectItem::Property(property) = item
                && let Some(name) = property.key.plain()
                && !name.is_empty()
            {
                let same = seen.entry(name).or_default();
                has_duplicates |= !same.is_empty();
                same.push(property);
            }
        }
        if !has_duplicates {
            return false;
        }
        for item in &object.items {
            if let ObjectItem::Property(property) = item
                && let Some(name) = property.key.plain()
                && seen.get(name).is_some_and(|same| same.len() > 1)
            {
                let message = format!("`{name}` is given more than once in this object");
                self.error(property.key.span, "BCP025", message);
            }
        }
        true
    }

    /// What `...value` adds to an object; whether that is an error.
    fn spread_members(
        &mut self,
        value: &'a Expr,
        members: &mut Members,
        additional: &mut Vec<Type>,
    ) -> bool {
        let kind = self.infer(value);
        if kind.is_error() {
            return true;
        }
        if !assignable(&kind, &Type::object()) {
            let message = format!("only an object can be spread here, and this is `{kind}`");
            self.error(value.span, "BCP402", message);
            return true;
        }
        match kind.body() {
            Type::Object(object) => {
                for (name, member) in &object.members {
                    members.insert(Rc::clone(name), member.clone());
                }
                additional.extend(object.additional.iter().map(|more| more.kind.clone()));
            }
            _ => additional.push(Type::Any),
        }
        false
    }

    pub(super) fn array(&mut self, items: &'a [ArrayItem]) -> Type {
        let mut is_error = false;
        let mut tuple = Vec::new();
        let mut others = Vec::new();
        for item in items {
            match item {
                ArrayItem::Value(value) => {
                    let kind = self.infer(value);
                    is_error |= kind.is_error();
                    tuple.push(kind);
                }
                ArrayItem::Spread(value) => {
                    let kind = self.infer(value);
                    is_error |= kind.is_error();
                    if !kind.is_error() && !assignable(&kind, &Type::array()) {
                        let message =
                            format!("only an array can be spread here, and this is `{kind}`");
                        self.error(value.span, "BCP402", message);
                        is_error = true;
                    }
                    match kind.open() {
                        Type::Tuple(items) => tuple.extend(items.iter().cloned()),
                        Type::Array(array) => others.push(array.item.clone()),
                        _ => others.push(Type::Any),
                    }
                }
            }
        }
        if is_error {
            Type::Error
        } else if tuple.len() > MAX_LITERAL {
            Type::array()
        } else if others.is_empty() {
            Type::Tuple(tuple.into())
        } else {
            Type::array_of(union(tuple.into_iter().chain(others)))
        }
    }
}
