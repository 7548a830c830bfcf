//! The types of objects that are written, and unions that one member decides.

use std::rc::Rc;

use super::Checker;
use crate::ast::{AdditionalMember, TypeExpr, TypeKind, TypeMember};
use crate::types::{
    Additional, Flags, Looseness, Member, Members, Object, Strictness, Tagged, Type,
};

impl<'a> Checker<'a> {
    pub(super) fn object_type(
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
    pub(super) fn tagged_union(&mut self, members: &'a [TypeExpr], key: &Rc<str>) -> Type {
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
pub(super) fn or_any(kind: Type) -> Type {
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
