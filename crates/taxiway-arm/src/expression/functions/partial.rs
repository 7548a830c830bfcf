//! Functions of arrays and objects of which only some parts are known.
//!
//! `union(createObject('a', 1), createObject('b', reference(…)))` has a known form; so `.a` of it has a value, and a
//! look at a template shows its members one by one instead of one long expression.

use serde_json::Value;

use super::super::evaluate::{array, object};
use super::super::{Expression, Reduced};

/// What a call gives with these arguments, where its form is known; `None` where it is not.
pub(in crate::expression) fn reduce(
    function: &str,
    arguments: &[Reduced<'_>],
) -> Option<Reduced<'static>> {
    match function.to_ascii_lowercase().as_str() {
        "union" => {
            let objects: Option<Vec<Members>> = arguments.iter().map(members).collect();
            objects.and_then(union)
        }
        "shallowmerge" => {
            let objects: Option<Vec<Members>> =
                elements(arguments.first()?)?.iter().map(members).collect();
            Some(build(shallow_merge(objects?)))
        }
        "concat" => {
            let arrays: Option<Vec<Vec<Reduced<'static>>>> =
                arguments.iter().map(elements).collect();
            Some(array(arrays?.into_iter().flatten().collect()))
        }
        "flatten" => {
            let outer = elements(arguments.first()?)?;
            let arrays: Option<Vec<Vec<Reduced<'static>>>> = outer.iter().map(elements).collect();
            Some(array(arrays?.into_iter().flatten().collect()))
        }
        "length" => Some(Reduced::owned(size(arguments.first()?)?.into())),
        "empty" => Some(Reduced::owned((size(arguments.first()?)? == 0).into())),
        "first" => elements(arguments.first()?)?.into_iter().next(),
        "last" => elements(arguments.first()?)?.into_iter().next_back(),
        "contains" => contains(arguments),
        "items" => items(members(arguments.first()?)?),
        "objectkeys" => {
            let names = sorted(members(arguments.first()?)?)
                .into_iter()
                .map(|(name, _)| Reduced::owned(name.into()));
            Some(array(names.collect()))
        }
        _ => None,
    }
}

type Members = Vec<(String, Reduced<'static>)>;

/// The elements of an array; `None` where it is none, or its form is not known.
fn elements(reduced: &Reduced<'_>) -> Option<Vec<Reduced<'static>>> {
    match reduced {
        Reduced::Value(value) => {
            let elements = value.as_array()?.iter().cloned().map(Reduced::owned);
            Some(elements.collect())
        }
        Reduced::Rest(rest) => {
            let elements = rest.arguments_of("createArray")?;
            Some(elements.iter().cloned().map(reduced_of).collect())
        }
    }
}

/// The members of an object; `None` where it is none, or a name is not known.
fn members(reduced: &Reduced<'_>) -> Option<Members> {
    match reduced {
        Reduced::Value(value) => Some(
            value
                .as_object()?
                .iter()
                .map(|(name, member)| (name.clone(), Reduced::owned(member.clone())))
                .collect(),
        ),
        Reduced::Rest(rest) => rest
            .arguments_of("createObject")?
            .chunks_exact(2)
            .map(|pair| {
                let name = pair[0].as_literal()?.as_str()?;
                Some((name.to_owned(), reduced_of(pair[1].clone())))
            })
            .collect(),
    }
}

fn reduced_of(expression: Expression) -> Reduced<'static> {
    match expression {
        Expression::Literal(value) => Reduced::owned(value),
        rest @ (Expression::Call { .. } | Expression::Member { .. }) => Reduced::Rest(rest),
    }
}

fn size(reduced: &Reduced<'_>) -> Option<usize> {
    elements(reduced)
        .map(|elements| elements.len())
        .or_else(|| members(reduced).map(|members| members.len()))
}

/// Merges objects; `None` where two values of one name might both be objects and one is not known.
fn union(objects: Vec<Members>) -> Option<Reduced<'static>> {
    let mut merged: indexmap::IndexMap<String, Reduced<'static>> = indexmap::IndexMap::new();
    for (name, value) in objects.into_iter().flatten() {
        let value = match merged.get(&name) {
            None => value,
            Some(earlier) => match (members(earlier), members(&value)) {
                (Some(earlier), Some(later)) => union(vec![earlier, later])?,
                _ if is_plain(earlier) || is_plain(&value) => value,
                _ => return None,
            },
        };
        merged.insert(name, value);
    }
    Some(build(merged.into_iter().collect()))
}

/// Whether it is known to be no object, so that a later value replaces it.
fn is_plain(reduced: &Reduced<'_>) -> bool {
    matches!(reduced, Reduced::Value(value) if !value.is_object())
        || matches!(reduced, Reduced::Rest(rest) if rest.arguments_of("format").is_some()
            || rest.arguments_of("createArray").is_some())
}

fn shallow_merge(objects: Vec<Members>) -> Members {
    let merged: indexmap::IndexMap<String, Reduced<'static>> =
        objects.into_iter().flatten().collect();
    merged.into_iter().collect()
}

fn build(members: Members) -> Reduced<'static> {
    let members = members
        .into_iter()
        .map(|(name, value)| (Expression::text(name), value));
    object(members.collect()).unwrap_or_else(|_| Reduced::owned(Value::Null))
}

/// Whether an object has a member of a name.
fn contains(arguments: &[Reduced<'_>]) -> Option<Reduced<'static>> {
    let (Some(container), Some(Reduced::Value(key))) = (arguments.first(), arguments.get(1)) else {
        return None;
    };
    let members = members(container)?;
    let key = key.as_str()?;
    let is_there = members
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case(key));
    Some(Reduced::owned(is_there.into()))
}

fn items(members: Members) -> Option<Reduced<'static>> {
    let items = sorted(members).into_iter().map(|(name, value)| {
        build(vec![
            ("key".to_owned(), Reduced::owned(name.into())),
            ("value".to_owned(), value),
        ])
    });
    Some(array(items.collect()))
}

fn sorted(mut members: Members) -> Members {
    members.sort_by_cached_key(|(name, _)| (name.to_lowercase(), name.clone()));
    members
}
