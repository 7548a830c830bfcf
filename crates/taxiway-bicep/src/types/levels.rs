//! How deep types are.

use std::collections::HashMap;
use std::rc::Rc;

use super::Type;

/// How many levels types have, each part worked out once: one type may be part of many.
///
/// Invariant: what was asked about lives as long as this, as parts are told apart by where they are.
#[derive(Debug, Default)]
pub(crate) struct Levels {
    known: HashMap<usize, usize>,
}

impl Levels {
    /// The levels of a type. Parts of Azure's types, and of types that hold themselves, count as one.
    pub(crate) fn of(&mut self, kind: &Type) -> usize {
        let place = match kind {
            Type::Array(array) => Rc::as_ptr(array).addr(),
            Type::Tuple(items) | Type::Union(items) => Rc::as_ptr(items).addr(),
            Type::Object(object) => Rc::as_ptr(object).addr(),
            Type::Tagged(tagged) => Rc::as_ptr(tagged).addr(),
            _ => return 1,
        };
        if let Some(known) = self.known.get(&place) {
            return *known;
        }
        let levels = 1 + self.inside(kind);
        self.known.insert(place, levels);
        levels
    }

    fn inside(&mut self, kind: &Type) -> usize {
        let mut deepest = 0;
        let mut part = |kind: &Type| deepest = deepest.max(self.of(kind));
        match kind {
            Type::Array(array) => part(&array.item),
            Type::Tuple(items) | Type::Union(items) => items.iter().for_each(part),
            Type::Object(object) => {
                let additional = object.additional.iter().map(|more| &more.kind);
                let members = object.members.values().map(|member| &member.kind);
                members.chain(additional).for_each(part);
            }
            Type::Tagged(tagged) => {
                let variants = tagged.variants.values();
                variants.for_each(|variant| part(&Type::Object(Rc::clone(variant))));
            }
            _ => {}
        }
        deepest
    }
}
