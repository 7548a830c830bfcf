//! One type for several, where there is one.
//!
//! Source: Azure/bicep, how unions of types are collapsed.

use std::collections::HashSet;
use std::rc::Rc;

use super::{Array, Integer, Looseness, Text, Type, matches_pattern, nullable, union};

/// One type for all members of a union, where there is one: numbers and strings within limits, arrays of any item.
pub(crate) fn collapse(kind: &Type) -> Option<Type> {
    let Type::Union(members) = kind else {
        return Some(kind.clone());
    };
    let opened: Vec<Type> = members.iter().map(Type::open).collect();
    let mut has_null = false;
    let mut values = Vec::with_capacity(opened.len());
    for member in opened {
        match member {
            Type::Null => has_null = true,
            other => values.push(other),
        }
    }
    let all = |is: fn(&Type) -> bool| values.iter().all(is);
    let one = if values.is_empty() {
        return None;
    } else if all(|value| matches!(value, Type::Int(_) | Type::IntLiteral(_))) {
        integers(&values)
    } else if all(|value| matches!(value, Type::Bool(_) | Type::BoolLiteral(_))) {
        booleans(&values)
    } else if all(|value| matches!(value, Type::String(_) | Type::StringLiteral(_))) {
        texts(&values)
    } else if has_null {
        return None;
    } else {
        arrays(&values)?
    };
    Some(if has_null { nullable(one) } else { one })
}

/// From the least to the greatest value.
#[derive(Clone, Copy)]
struct Range {
    least: i64,
    greatest: i64,
    looseness: Looseness,
    is_secret: bool,
}

impl Range {
    const fn new(least: i64, greatest: i64, looseness: Looseness) -> Self {
        Self {
            least,
            greatest,
            looseness,
            is_secret: false,
        }
    }
}

/// Ranges that overlap, or follow upon each other, are one.
fn merged(mut ranges: Vec<Range>) -> Vec<Range> {
    ranges.sort_by_key(|range| (range.least, range.greatest));
    let mut merged: Vec<Range> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.least <= last.greatest.saturating_add(1) => {
                last.greatest = last.greatest.max(range.greatest);
                last.looseness = last.looseness.or(range.looseness);
                last.is_secret |= range.is_secret;
            }
            _ => merged.push(range),
        }
    }
    merged
}

fn integers(values: &[Type]) -> Type {
    let ranges = values.iter().filter_map(|value| match value {
        Type::IntLiteral(value) => Some(Range::new(*value, *value, Looseness::Strict)),
        Type::Int(limits) => Some(Range::new(
            limits.least.unwrap_or(i64::MIN),
            limits.greatest.unwrap_or(i64::MAX),
            limits.looseness,
        )),
        _ => None,
    });
    let merged = merged(ranges.collect());
    union(merged.into_iter().map(|range| {
        Type::limited_integer(Integer {
            least: Some(range.least).filter(|least| *least > i64::MIN),
            greatest: Some(range.greatest).filter(|greatest| *greatest < i64::MAX),
            looseness: range.looseness,
        })
    }))
}

fn booleans(values: &[Type]) -> Type {
    let mut looseness = Looseness::Strict;
    let mut found = HashSet::new();
    for value in values {
        match value {
            Type::BoolLiteral(value) => {
                found.insert(*value);
            }
            Type::Bool(own) => {
                looseness = looseness.or(*own);
                found.extend([true, false]);
            }
            _ => {}
        }
    }
    match (found.contains(&true), found.contains(&false)) {
        (true, false) => Type::BoolLiteral(true),
        (false, true) => Type::BoolLiteral(false),
        _ => Type::Bool(looseness),
    }
}

fn texts(values: &[Type]) -> Type {
    let limits = values.iter().filter_map(|value| match value {
        Type::String(text) => Some(text),
        _ => None,
    });
    let limits: Vec<&Text> = limits.collect();
    // Patterns of several strings cannot be put together.
    let pattern = match limits.as_slice() {
        [only] => only.pattern,
        _ => None,
    };
    let ranges = limits.into_iter().map(|text| Range {
        is_secret: text.is_secret,
        ..Range::new(
            text.least.unwrap_or(0),
            text.greatest.unwrap_or(i64::MAX),
            text.looseness,
        )
    });
    let ranges = merged(ranges.collect());
    let is_within = |text: &str| {
        let length = super::length_of(text);
        ranges
            .iter()
            .any(|range| (range.least..=range.greatest).contains(&length))
            && pattern.is_none_or(|pattern| matches_pattern(pattern, text) != Some(false))
    };
    let literals = values
        .iter()
        .filter(|value| matches!(value, Type::StringLiteral(text) if !is_within(text)));
    let texts = ranges.iter().map(|range| {
        Type::String(Text {
            least: Some(range.least).filter(|least| *least > 0),
            greatest: Some(range.greatest).filter(|greatest| *greatest < i64::MAX),
            pattern,
            looseness: range.looseness,
            is_secret: range.is_secret,
        })
    });
    union(literals.cloned().chain(texts))
}

fn arrays(values: &[Type]) -> Option<Type> {
    let items: Option<Vec<Type>> = values
        .iter()
        .map(|value| match value {
            Type::Array(array) => Some(array.item.clone()),
            Type::Tuple(items) => Some(union(items.iter().cloned())),
            _ => None,
        })
        .collect();
    let items = items?;
    let is_untyped = items.iter().any(Type::is_any);
    Some(Type::Array(Rc::new(Array {
        item: union(items),
        least: None,
        greatest: None,
        is_untyped,
        is_lenient: false,
    })))
}
