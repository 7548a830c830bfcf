//! Python's built-in functions and types.

use super::Spot;
use super::call::Arguments;
use super::environment::simple_cast;
use super::evaluator::{Evaluator, Frame};
use super::operators::iterate;
use super::value::Value;

/// Whether a name is one of Python's built-in functions or types.
pub(crate) fn is_builtin(name: &str) -> bool {
    matches!(
        name,
        "str"
            | "int"
            | "bool"
            | "float"
            | "list"
            | "tuple"
            | "dict"
            | "set"
            | "frozenset"
            | "len"
            | "any"
            | "all"
            | "min"
            | "max"
            | "sum"
            | "open"
            | "print"
            | "range"
            | "map"
            | "filter"
            | "zip"
            | "sorted"
            | "reversed"
            | "enumerate"
            | "isinstance"
            | "getattr"
            | "hasattr"
            | "setattr"
            | "globals"
            | "locals"
            | "vars"
            | "dir"
            | "object"
            | "type"
            | "super"
            | "abs"
            | "bytes"
            | "exec"
            | "eval"
            | "compile"
            | "__import__"
            | "callable"
            | "id"
            | "repr"
            | "Exception"
            | "KeyError"
            | "ValueError"
            | "ImportError"
            | "RuntimeError"
            | "Ellipsis"
    )
}

impl<'a> Evaluator<'a> {
    /// Calls a built-in function; `None` for what is none.
    pub(super) fn call_builtin(
        &mut self,
        name: &str,
        arguments: &Arguments<'a>,
        spot: Spot,
        frame: &mut Frame<'a>,
    ) -> Option<Value<'a>> {
        let name = name.strip_prefix("builtins.")?;
        let first = arguments.positional.first();
        Some(match name {
            "str" => super::method::shown(first?),
            "bool" => first?.map(|value| match value.truth() {
                Some(truth) => Value::Bool(truth),
                None => Value::made_from([value]),
            }),
            "int" | "float" => {
                self.fails_without(first?);
                first?.map(|value| simple_cast(name, value))
            }
            "list" | "tuple" | "set" | "frozenset" | "sorted" | "reversed" => match first {
                None => Value::list(Vec::new()),
                Some(value) => value.map(|value| match value {
                    Value::Dict(_) | Value::List(_) | Value::Class(_) => {
                        Value::list(iterate(value).unwrap_or_default())
                    }
                    value => Value::made_from([value]),
                }),
            },
            "dict" => {
                let mut items = match first.map(|first| first.default()) {
                    Some(Some(Value::Dict(items))) => items.to_vec(),
                    Some(_) => return Some(arguments.unsure()),
                    None => Vec::new(),
                };
                for (key, value) in &arguments.named {
                    items.push((Value::Text(key.clone()), value.clone()));
                }
                Value::dict(items)
            }
            "len" => match first? {
                Value::List(items) if !items.iter().any(|item| matches!(item, Value::Maybe(_))) => {
                    Value::Int(i64::try_from(items.len()).ok()?)
                }
                value => Value::made_from([value]),
            },
            "any" | "all" => {
                let items = iterate(first?)?;
                let truths: Vec<Option<bool>> = items
                    .iter()
                    .map(|item| item.default().and_then(Value::truth))
                    .collect();
                let decisive = name == "any";
                if truths.contains(&Some(decisive)) {
                    Value::Bool(decisive)
                } else if truths.iter().all(Option::is_some) && first?.names().is_empty() {
                    Value::Bool(!decisive)
                } else {
                    Value::made_from([first?])
                }
            }
            "map" => {
                let function = first?.clone();
                let items = iterate(arguments.positional.get(1)?)?;
                let items = items
                    .into_iter()
                    .take(500)
                    .map(|item| {
                        let arguments = Arguments {
                            positional: vec![item],
                            named: Vec::new(),
                        };
                        self.invoke(&function, arguments, spot, frame)
                    })
                    .collect();
                Value::list(items)
            }
            "filter" => arguments.positional.get(1)?.clone(),
            "open" => self.open_file(&first?.clone(), arguments),
            "print" => Value::None,
            "globals" | "locals" | "vars" if arguments.positional.is_empty() => {
                Value::External("scope".into())
            }
            "getattr" => {
                let attribute = arguments.text(1)?.to_owned();
                let default = arguments.positional.get(2);
                first?.map(|value| {
                    let found = self.attribute(value, &attribute, spot);
                    match (&found, default) {
                        (
                            Value::Unknown { .. } | Value::External(_) | Value::Method(_),
                            Some(default),
                        ) => Value::choice(Some(default.clone()), vec![Value::made_from([value])]),
                        _ => found,
                    }
                })
            }
            "setattr" => {
                let [target, Value::Text(name), value] = &*arguments.positional else {
                    return Some(Value::None);
                };
                if let Value::Module(module) = target {
                    let mut frame = Frame {
                        module: *module,
                        ..Frame::default()
                    };
                    self.assign(&mut frame, name, value.clone(), spot);
                }
                Value::None
            }
            "dir" => {
                let names = super::members::names(first?);
                Value::list(names.iter().map(|name| Value::Text(name.clone())).collect())
            }
            "vars" => self.members(first?, spot),
            "exec" => arguments.unsure(),
            _ => return None,
        })
    }
}
