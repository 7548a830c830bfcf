//! One of several types.

use std::collections::HashSet;

use super::{Integer, Looseness, Text, Type};

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

/// What two members of a union that are the same have in common.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Bool(Looseness),
    Int(Integer),
    Text(Text),
    Other(String),
}

impl Key {
    fn of(member: &Type) -> Self {
        match member {
            Type::Bool(looseness) => Self::Bool(*looseness),
            Type::Int(limits) => Self::Int(*limits),
            Type::String(text) => Self::Text(text.clone()),
            other => Self::Other(other.to_string()),
        }
    }
}

fn add(member: &Type, flat: &mut Vec<Type>, names: &mut HashSet<Key>) {
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
            if names.insert(Key::of(other)) {
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
