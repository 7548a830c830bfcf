//! One of several types.

use std::collections::HashSet;
use std::rc::Rc;

use super::{Array, Type};

/// The type of what is one of `members`.
pub(crate) fn union(members: impl IntoIterator<Item = Type>) -> Type {
    let mut flat = Vec::new();
    let mut names = HashSet::new();
    for member in members {
        add(&member, &mut flat, &mut names);
    }
    if flat.iter().any(Type::is_any) {
        return Type::Any;
    }
    match flat.len() {
        0 => Type::Never,
        1 => flat.remove(0),
        _ => Type::Union(flat.into()),
    }
}

fn add(member: &Type, flat: &mut Vec<Type>, names: &mut HashSet<String>) {
    match member {
        Type::Never => {}
        Type::Union(members) => {
            for member in members.iter() {
                add(member, flat, names);
            }
        }
        // Two objects of one name need not be the same.
        Type::Object(_) | Type::Tagged(_) | Type::Azure(_) | Type::Recursive(_) => {
            flat.push(member.clone());
        }
        other => {
            if names.insert(other.to_string()) {
                flat.push(other.clone());
            }
        }
    }
}

/// The type, or null.
pub(crate) fn nullable(kind: Type) -> Type {
    union([kind, Type::Null])
}

/// The type without null; `None` where null was none of it.
pub(crate) fn without_null(kind: &Type) -> Option<Type> {
    let Type::Union(members) = kind else {
        return None;
    };
    let has_null = members.iter().any(|member| matches!(member, Type::Null));
    has_null.then(|| {
        let others = members
            .iter()
            .filter(|member| !matches!(member, Type::Null));
        union(others.cloned())
    })
}

/// One type for all members of a union, where there is one: strings of any kind, arrays of any item.
pub(crate) fn collapse(kind: &Type) -> Option<Type> {
    let Type::Union(members) = kind else {
        return Some(kind.clone());
    };
    let opened: Vec<Type> = members.iter().map(Type::open).collect();
    if opened
        .iter()
        .all(|member| matches!(member, Type::String(_)))
    {
        return opened.into_iter().next();
    }
    let arrays: Option<Vec<Type>> = opened
        .iter()
        .map(|member| match member {
            Type::Array(array) => Some(array.item.clone()),
            Type::Tuple(items) => Some(union(items.iter().cloned())),
            _ => None,
        })
        .collect();
    let items = arrays?;
    let is_untyped = items.iter().any(Type::is_any);
    Some(Type::Array(Rc::new(Array {
        item: union(items),
        least: None,
        greatest: None,
        is_untyped,
        is_lenient: false,
    })))
}
