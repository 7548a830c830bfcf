//! Objects, and their members by name.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::rc::Rc;

use taxiway_diagnostics::Span;

use super::{Decorators, Expr, Resource, StringLiteral};

#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) items: Vec<ObjectItem>,
    pub(crate) span: Span,
    /// Whether something between its members cannot be read.
    pub(crate) is_broken: bool,
    /// Decorators between its members without a resource after them.
    pub(crate) dangling: Vec<Decorators>,
    /// Where each property is, once somebody asks for one of many.
    places: OnceCell<HashMap<String, Place>>,
}

#[derive(Clone, Debug)]
pub(crate) enum ObjectItem {
    Property(Property),
    Spread(Expr),
    Resource(Rc<Resource>),
}

#[derive(Clone, Debug)]
pub(crate) struct Property {
    pub(crate) key: StringLiteral,
    pub(crate) value: Expr,
    pub(crate) span: Span,
}

/// The first property of a name.
#[derive(Clone, Copy, Debug)]
struct Place {
    index: usize,
    is_repeated: bool,
}

/// Of up to so many members, one is looked for among them.
const FEW: usize = 16;

impl Object {
    pub(super) const fn new(
        items: Vec<ObjectItem>,
        span: Span,
        is_broken: bool,
        dangling: Vec<Decorators>,
    ) -> Self {
        Self {
            items,
            span,
            is_broken,
            dangling,
            places: OnceCell::new(),
        }
    }

    /// The property `name`, compared as written; the first one, if there are several.
    pub(crate) fn get(&self, name: &str) -> Option<&Property> {
        self.property_at(self.place(name)?.index)
    }

    /// The property `name`, if there is just one.
    pub(crate) fn get_only(&self, name: &str) -> Option<&Property> {
        let place = self.place(name).filter(|place| !place.is_repeated)?;
        self.property_at(place.index)
    }

    fn property_at(&self, index: usize) -> Option<&Property> {
        match self.items.get(index)? {
            ObjectItem::Property(property) => Some(property),
            ObjectItem::Spread(_) | ObjectItem::Resource(_) => None,
        }
    }

    fn named(&self) -> impl Iterator<Item = (usize, &str)> {
        let items = self.items.iter().enumerate();
        items.filter_map(|(index, item)| match item {
            ObjectItem::Property(property) => Some((index, property.key.plain()?)),
            ObjectItem::Spread(_) | ObjectItem::Resource(_) => None,
        })
    }

    fn place(&self, name: &str) -> Option<Place> {
        if self.items.len() > FEW {
            return self.places.get_or_init(|| self.places()).get(name).copied();
        }
        let mut found = self.named().filter(|(_, known)| *known == name);
        let (index, _) = found.next()?;
        let is_repeated = found.next().is_some();
        Some(Place { index, is_repeated })
    }

    fn places(&self) -> HashMap<String, Place> {
        let mut places: HashMap<String, Place> = HashMap::new();
        for (index, name) in self.named() {
            match places.get_mut(name) {
                Some(place) => place.is_repeated = true,
                None => {
                    let is_repeated = false;
                    places.insert(name.to_owned(), Place { index, is_repeated });
                }
            }
        }
        places
    }
}
