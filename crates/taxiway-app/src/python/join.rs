//! What values are after one of two branches was taken.

use std::rc::Rc;

use super::value::{Names, Scope, Value};

/// What a variable is after one of two branches was taken; `default` says which one an empty environment takes.
pub(crate) fn join<'a>(
    left: &Value<'a>,
    right: &Value<'a>,
    default: Default,
    deciders: &Names,
) -> Value<'a> {
    if left == right {
        return left.clone();
    }
    match (left, right) {
        (Value::List(left_items), Value::List(right_items)) => {
            if let Some(items) = join_lists(left_items, right_items) {
                return Value::list(items);
            }
        }
        (Value::Dict(left_items), Value::Dict(right_items)) => {
            if let Some(items) = join_dicts(left_items, right_items, default, deciders) {
                return Value::dict(items);
            }
        }
        _ => {}
    }
    match default {
        Default::Left => Value::decided(Some(left.clone()), vec![right.clone()], deciders),
        Default::Right => Value::decided(Some(right.clone()), vec![left.clone()], deciders),
        Default::Neither => Value::decided(None, vec![left.clone(), right.clone()], deciders),
    }
}

/// Which of two branches an empty environment takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Default {
    Left,
    Right,
    Neither,
}

/// The longer list with what the shorter one lacks marked as such, if the shorter one is a part of it.
fn join_lists<'a>(left: &[Value<'a>], right: &[Value<'a>]) -> Option<Vec<Value<'a>>> {
    let (short, long) = if left.len() <= right.len() {
        (left, right)
    } else {
        (right, left)
    };
    if long.len() > 400 {
        return None;
    }
    let bare = |value: &Value<'a>| match value {
        Value::Maybe(inner) => (**inner).clone(),
        value => value.clone(),
    };
    let mut rest = short.iter().peekable();
    let mut joined = Vec::with_capacity(long.len());
    for item in long {
        if let Some(next) = rest.peek()
            && bare(next) == bare(item)
        {
            let both = matches!(item, Value::Maybe(_)) || matches!(next, Value::Maybe(_));
            joined.push(if both {
                Value::Maybe(Rc::new(bare(item)))
            } else {
                item.clone()
            });
            rest.next();
        } else {
            joined.push(Value::Maybe(Rc::new(bare(item))));
        }
    }
    (rest.peek().is_none() && !short.is_empty()).then_some(joined)
}

/// Both dictionaries key by key, if they describe the same thing.
fn join_dicts<'a>(
    left: &[(Value<'a>, Value<'a>)],
    right: &[(Value<'a>, Value<'a>)],
    default: Default,
    deciders: &Names,
) -> Option<Vec<(Value<'a>, Value<'a>)>> {
    const IDENTITY: [&str; 3] = ["ENGINE", "BACKEND", "class"];
    let find = |items: &[(Value<'a>, Value<'a>)], key: &Value<'a>| {
        items
            .iter()
            .rev()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.clone())
    };
    if left.is_empty() || right.is_empty() {
        return None;
    }
    for key in IDENTITY {
        let key = Value::text(key);
        if find(left, &key) != find(right, &key) {
            return None;
        }
    }
    let mut joined = Vec::new();
    for (key, value) in left {
        let value = match find(right, key) {
            Some(other) => join(value, &other, default, deciders),
            None => Value::Maybe(Rc::new(value.clone())),
        };
        joined.push((key.clone(), value));
    }
    for (key, value) in right {
        if find(left, key).is_none() {
            joined.push((key.clone(), Value::Maybe(Rc::new(value.clone()))));
        }
    }
    Some(joined)
}

/// The variables after one of two branches was taken.
pub(crate) fn join_scopes<'a>(
    left: Scope<'a>,
    right: &Scope<'a>,
    default: Default,
    deciders: &Names,
) -> Scope<'a> {
    let mut joined = left;
    for (name, binding) in &mut joined {
        match right.get(name) {
            Some(other) if other == binding => {}
            Some(other) => {
                binding.value = join(&binding.value, &other.value, default, deciders);
                for spot in &other.spots {
                    if !binding.spots.contains(spot) {
                        binding.spots.push(*spot);
                    }
                }
            }
            None if default == Default::Left => {}
            None => binding.value = only_sometimes(&binding.value),
        }
    }
    for (name, binding) in right {
        if !joined.contains_key(name) {
            let mut binding = binding.clone();
            if default != Default::Right {
                binding.value = only_sometimes(&binding.value);
            }
            joined.insert(name.clone(), binding);
        }
    }
    joined
}

/// A variable that an empty environment leaves without a value.
fn only_sometimes<'a>(value: &Value<'a>) -> Value<'a> {
    match value {
        Value::Maybe(_) => value.clone(),
        value => Value::Maybe(Rc::new(value.clone())),
    }
}
