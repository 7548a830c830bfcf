//! Arrays and objects of values that may not be known yet.

use serde_json::{Map, Value};

use super::Evaluated;
use crate::arm::Arm;

/// The values, if all are known.
pub(super) fn known(values: &[Evaluated]) -> Option<Vec<&Value>> {
    values
        .iter()
        .map(|value| match value {
            Evaluated::Known(value) => Some(value),
            Evaluated::Deferred(_) => None,
        })
        .collect()
}

pub(super) fn all_known(values: Vec<Evaluated>) -> Option<Vec<Value>> {
    values
        .into_iter()
        .map(|value| match value {
            Evaluated::Known(value) => Some(value),
            Evaluated::Deferred(_) => None,
        })
        .collect()
}

pub(super) fn make_array(items: Vec<Evaluated>) -> Evaluated {
    if known(&items).is_none() {
        let items: Vec<Arm> = items.into_iter().map(Evaluated::into_arm).collect();
        return Evaluated::Deferred(Arm::call("createArray", items));
    }
    Value::Array(all_known(items).unwrap_or_default()).into()
}

pub(super) fn make_object(members: Vec<(Evaluated, Evaluated)>) -> Evaluated {
    let all_known = members.iter().all(|(key, value)| {
        matches!(key, Evaluated::Known(Value::String(_))) && matches!(value, Evaluated::Known(_))
    });
    if !all_known {
        let arguments: Vec<Arm> = members
            .into_iter()
            .flat_map(|(key, value)| [key.into_arm(), value.into_arm()])
            .collect();
        return Evaluated::Deferred(Arm::call("createObject", arguments));
    }
    let mut map = Map::new();
    for (key, value) in members {
        if let (Evaluated::Known(Value::String(key)), Evaluated::Known(value)) = (key, value) {
            map.insert(key, value);
        }
    }
    Value::Object(map).into()
}
