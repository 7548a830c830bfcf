//! What the configuration of an application without Django says: named values, and variables read anywhere in its code.

use std::rc::Rc;

use taxiway_diagnostics::Place;

use crate::python::{Evaluator, Value};

/// A value with the name it was given.
#[derive(Clone, Debug)]
pub(crate) struct Named<'a> {
    pub(crate) name: String,
    pub(crate) value: Value<'a>,
    pub(crate) places: Vec<Place>,
}

/// The named values of all loaded modules: module variables, attributes of classes and of settings objects, and the variables
/// that were read, by their own names.
pub(crate) fn values<'a>(evaluator: &Evaluator<'a>) -> Vec<Named<'a>> {
    let mut found: Vec<Named<'a>> = Vec::new();
    let mut push = |name: &Rc<str>, value: &Value<'a>, places: Vec<Place>| {
        let is_interesting = matches!(
            value,
            Value::Text(_)
                | Value::Unknown { .. }
                | Value::Choice(_)
                | Value::Dict(_)
                | Value::Maybe(_)
        );
        if is_interesting {
            found.push(Named {
                name: name.to_string(),
                value: value.clone(),
                places,
            });
        }
    };
    for module in &evaluator.modules {
        for (name, binding) in &module.scope {
            let places = |spots: &[crate::python::Spot]| -> Vec<Place> {
                spots.iter().map(|spot| evaluator.place(*spot)).collect()
            };
            match &binding.value {
                Value::Class(class) => {
                    for (name, inner) in &class.attributes {
                        push(name, &inner.value, places(&inner.spots));
                    }
                }
                Value::Instance(instance) => {
                    for (name, inner) in &instance.attributes {
                        push(name, &inner.value, places(&inner.spots));
                    }
                }
                value => push(name, value, places(&binding.spots)),
            }
        }
    }
    for read in &evaluator.reads {
        let unknown = Value::from_environment(&read.name);
        let value = Value::choice(read.default.clone(), vec![unknown]);
        push(&read.name, &value, vec![evaluator.place(read.spot)]);
    }
    found
}

/// Variables that the loaded modules read by literal name, executed or not.
pub(crate) fn textual_reads(evaluator: &Evaluator<'_>) -> Vec<(String, Place)> {
    const CALLS: [&str; 7] = [
        "os.getenv(",
        "os.environ.get(",
        "os.environ[",
        "environ.get(",
        "environ[",
        "getenv(",
        "os.environ.setdefault(",
    ];
    let mut found: Vec<(String, Place)> = Vec::new();
    for module in &evaluator.modules {
        let Some(source) = module.source else {
            continue;
        };
        for (number, line) in source.text.lines().enumerate() {
            if line.trim_start().starts_with('#') {
                continue;
            }
            for call in CALLS {
                for (at, _) in line.match_indices(call) {
                    let rest = line[at + call.len()..].trim_start();
                    let Some(quote) = rest
                        .chars()
                        .next()
                        .filter(|first| matches!(first, '"' | '\''))
                    else {
                        continue;
                    };
                    let name: String = rest[1..]
                        .chars()
                        .take_while(|character| *character != quote)
                        .collect();
                    let is_name = !name.is_empty()
                        && name
                            .chars()
                            .all(|character| character.is_ascii_alphanumeric() || character == '_')
                        && name.chars().any(|character| character.is_ascii_uppercase());
                    if is_name && !found.iter().any(|(known, _)| *known == name) {
                        found.push((name, crate::repository::at_line(&module.path, number)));
                    }
                }
            }
        }
    }
    found
}
