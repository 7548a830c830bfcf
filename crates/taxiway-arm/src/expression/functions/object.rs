//! Functions of objects.

use serde_json::{Map, Value, json};

use super::argument::{self, expected};
use super::{MANY, Outcome, Pure, pure};

pub(super) const FUNCTIONS: &[Pure] = &[
    pure("createObject", 0, MANY, create_object),
    pure("items", 1, 1, |arguments| {
        let members = argument::object(arguments, 0)?;
        Ok(sorted_names(members)
            .into_iter()
            .map(|name| json!({"key": name, "value": members[name]}))
            .collect())
    }),
    pure("objectKeys", 1, 1, |arguments| {
        let members = argument::object(arguments, 0)?;
        Ok(sorted_names(members)
            .into_iter()
            .map(|name| Value::from(name.as_str()))
            .collect())
    }),
    pure("shallowMerge", 1, 1, |arguments| {
        let mut merged = Map::new();
        for entry in argument::array(arguments, 0)? {
            match entry {
                Value::Object(members) => merged.extend(members.clone()),
                other => return Err(expected(0, "Array of Objects", other)),
            }
        }
        Ok(Value::Object(merged))
    }),
    pure("json", 1, 1, |arguments| {
        serde_json::from_str(argument::text(arguments, 0)?).map_err(|error| {
            format!(
                "the text is not valid JSON (line {}, column {})",
                error.line(),
                error.column()
            )
        })
    }),
    pure("null", 0, 0, |_| Ok(Value::Null)),
];

/// The names of the members, sorted without case.
fn sorted_names(members: &Map<String, Value>) -> Vec<&String> {
    let mut names: Vec<&String> = members.keys().collect();
    names.sort_by_cached_key(|name| (name.to_lowercase(), (*name).clone()));
    names
}

fn create_object(arguments: &[&Value]) -> Outcome {
    if !arguments.len().is_multiple_of(2) {
        return Err("it needs a value for every name".to_owned());
    }
    let mut members = Map::new();
    for index in (0..arguments.len()).step_by(2) {
        let name = argument::text(arguments, index)?;
        members.insert(name.to_owned(), arguments[index + 1].clone());
    }
    Ok(Value::Object(members))
}
