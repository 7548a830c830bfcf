//! What an object or a class has, as `dir`, `vars` and `inspect.getmembers` list it.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::Spot;
use super::evaluator::Evaluator;
use super::value::{Class, Value};

/// Members of one object that are listed.
const MOST_MEMBERS: usize = 1000;

/// Classes that inherit from each other more often than this don't exist.
const DEEPEST_INHERITANCE: u32 = 16;

impl<'a> Evaluator<'a> {
    /// The members by name; properties give their values.
    pub(super) fn members(&mut self, value: &Value<'a>, spot: Spot) -> Value<'a> {
        let items = names(value).into_iter().map(|name| {
            let member = self.attribute(value, &name, spot);
            (Value::Text(name), member)
        });
        Value::dict(items.collect())
    }

    /// `inspect.getmembers`; `None` for any other function.
    pub(super) fn call_inspection(
        &mut self,
        name: &str,
        value: Option<&Value<'a>>,
        spot: Spot,
    ) -> Option<Value<'a>> {
        if name != "inspect.getmembers" {
            return None;
        }
        let Value::Dict(members) = self.members(value?, spot) else {
            return None;
        };
        let pairs = members
            .iter()
            .map(|(name, member)| Value::list(vec![name.clone(), member.clone()]));
        Some(Value::list(pairs.collect()))
    }
}

/// The names of members, sorted, those of base classes too.
pub(super) fn names(value: &Value<'_>) -> BTreeSet<Rc<str>> {
    let mut found = BTreeSet::new();
    match value {
        Value::Class(class) => collect(class, &mut found, 0),
        Value::Instance(instance) => {
            found.extend(instance.attributes.keys().cloned());
            if let Value::Class(class) = &instance.class {
                collect(class, &mut found, 0);
            }
        }
        _ => {}
    }
    found.into_iter().take(MOST_MEMBERS).collect()
}

fn collect(class: &Class<'_>, found: &mut BTreeSet<Rc<str>>, depth: u32) {
    if depth > DEEPEST_INHERITANCE || found.len() > MOST_MEMBERS {
        return;
    }
    found.extend(class.attributes.keys().cloned());
    for base in &class.bases {
        if let Value::Class(base) = base {
            collect(base, found, depth + 1);
        }
    }
}
