//! What the configuration of an application without Django says: named values, and variables read anywhere in its code.

use std::rc::Rc;

use taxiway_diagnostics::Place;

use crate::python::{Evaluator, Value};
use crate::repository::Repository;

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
                // What tests or developers use says nothing about production.
                Value::Class(class) if is_for_development(&class.name) => {}
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

fn is_for_development(class: &str) -> bool {
    let lower = class.to_lowercase();
    lower.contains("test") || lower.contains("dev") || lower.contains("debug")
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
        let Some(text) = module
            .source
            .and_then(|_| evaluator.repository.text(&module.path))
        else {
            continue;
        };
        // A line in ten thousand reads a variable, and all calls are written with one of two words.
        let reads = |text: &str| text.contains("environ") || text.contains("getenv(");
        if !reads(text) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            if !reads(line) || line.trim_start().starts_with('#') {
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

/// Options of `.ini` files that a module fills from the environment by an interpolation of its own.
pub(crate) fn configuration_reads(
    evaluator: &Evaluator<'_>,
    repository: &Repository<'_>,
) -> Vec<(String, Place)> {
    let mut found: Vec<(String, Place)> = Vec::new();
    for module in &evaluator.modules {
        let Some(text) = module.source.and_then(|_| repository.text(&module.path)) else {
            continue;
        };
        let interpolates = text.contains("Interpolation)")
            && (text.contains("os.getenv(")
                || text.contains("os.environ")
                || text.contains("expandvars"));
        if !interpolates {
            continue;
        }
        let folder = module.path.parent().unwrap_or("".into());
        let files = repository.directly_in(folder).filter(|file| {
            matches!(file.extension(), Some("ini" | "cfg"))
                && file.file_name().is_some_and(|name| text.contains(name))
        });
        for file in files {
            let Some(text) = repository.text(file) else {
                continue;
            };
            for (number, line) in text.lines().enumerate() {
                let Some((name, value)) = line.split_once('=') else {
                    continue;
                };
                let name = name.trim();
                let is_name = name.len() > 1
                    && name.chars().all(|character| {
                        character.is_ascii_uppercase()
                            || character.is_ascii_digit()
                            || character == '_'
                    });
                let is_open =
                    value.trim().is_empty() || value.contains('$') || value.contains("%(");
                if is_name && is_open && !found.iter().any(|(known, _)| known == name) {
                    found.push((name.to_owned(), crate::repository::at_line(file, number)));
                }
            }
        }
    }
    found
}
