//! Reading the environment: `os.environ` and the libraries around it.
//!
//! Sources: the documentation of django-environ, environs, python-decouple, dj-database-url, Starlette's `Config` and
//! pydantic-settings.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::Spot;
use super::call::Arguments;
use super::connection::connection_of;
use super::evaluator::{Evaluator, Frame, Read};
use super::value::{Binding, Instance, Scope, Value};

/// The names of the classes whose objects read the environment when they are called.
const READERS: [&str; 11] = [
    "environ.Env",
    "environ.FileAwareEnv",
    "environs.Env",
    "environs.FileAwareEnv",
    "decouple.config",
    "decouple.Config",
    "decouple.AutoConfig",
    "starlette.config.Config",
    "getenv.env",
    "prettyconf.config",
    "envparse.env",
];

/// Whether an object reads the environment when it is called.
pub(crate) fn is_reader(instance: &Instance<'_>) -> bool {
    matches!(&instance.class, Value::External(name) if READERS.contains(&&**name))
}

/// An object that reads the environment.
pub(crate) fn reader<'a>(class: &str, arguments: &Arguments<'a>) -> Value<'a> {
    let mut attributes = Scope::new();
    // django-environ: `Env(DEBUG=(bool, False))` gives casts and defaults.
    for (name, value) in &arguments.named {
        attributes.insert(
            format!("scheme:{name}").into(),
            Binding {
                value: value.clone(),
                spots: Vec::new(),
            },
        );
    }
    Value::Instance(Rc::new(Instance {
        class: Value::External(class.into()),
        attributes,
    }))
}

/// The reader with a prefix for all names, as inside of `with env.prefixed(…)`.
pub(crate) fn with_prefix<'a>(value: &Value<'a>, prefix: &str) -> Value<'a> {
    let Value::Instance(instance) = value else {
        return value.clone();
    };
    let mut instance = (**instance).clone();
    let before = match instance.attributes.get("prefix") {
        Some(binding) => binding.value.as_text().unwrap_or_default().to_owned(),
        None => String::new(),
    };
    instance.attributes.insert(
        "prefix".into(),
        Binding {
            value: Value::text(&format!("{before}{prefix}")),
            spots: Vec::new(),
        },
    );
    Value::Instance(Rc::new(instance))
}

impl<'a> Evaluator<'a> {
    /// The value of a variable: `default` with an empty environment, and what someone sets.
    pub(crate) fn read(
        &mut self,
        name: &Value<'a>,
        default: Option<Value<'a>>,
        spot: Spot,
    ) -> Value<'a> {
        let names: Vec<Rc<str>> = name
            .alternatives()
            .into_iter()
            .filter_map(|name| name.as_text().map(Rc::from))
            .collect();
        let spot = self.call_spot.unwrap_or(spot);
        let mut given = Vec::new();
        let mut default = default;
        let mut is_known = false;
        for name in names {
            if !is_variable_name(&name) {
                continue;
            }
            is_known = true;
            let set = self.environment.get(&name).cloned();
            if default.is_none() && set.is_none() {
                self.bare_reads += 1;
            }
            self.note(Read {
                name: name.clone(),
                spot,
                default: default.clone(),
                required: default.is_none() && set.is_none() && self.conditional == 0,
                is_connection: false,
            });
            if let Some(set) = set {
                default = Some(set);
            }
            given.push(Value::from_environment(&name));
        }
        if !is_known {
            return default.map_or_else(Value::unknown, |default| Value::made_from([&default]));
        }
        Value::choice(default, given)
    }

    fn note(&mut self, read: Read<'a>) {
        match self
            .reads
            .iter_mut()
            .find(|known| known.name == read.name && known.spot == read.spot)
        {
            Some(known) => known.required |= read.required,
            None => self.reads.push(read),
        }
    }

    /// Notes that a variable holds the address of a service.
    pub(crate) fn note_connection(&mut self, value: &Value<'a>) {
        let names = value.names();
        for read in &mut self.reads {
            if names.contains(&read.name) {
                read.is_connection = true;
            }
        }
    }

    /// `name in os.environ`.
    pub(crate) fn is_set(&mut self, name: &Value<'a>, spot: Spot) -> Value<'a> {
        let Some(text) = name.as_text().map(Rc::<str>::from) else {
            return Value::unknown();
        };
        if !is_variable_name(&text) {
            return Value::Bool(false);
        }
        let spot = self.call_spot.unwrap_or(spot);
        self.note(Read {
            name: text.clone(),
            spot,
            default: Some(Value::None),
            required: false,
            is_connection: false,
        });
        let is_default = self.environment.contains_key(&text);
        let other = Value::Unknown {
            names: Rc::new(BTreeSet::from([text])),
            text: None,
        };
        // The other answer keeps the name, so that the condition is known to depend on it.
        Value::choice(Some(Value::Bool(is_default)), vec![other])
    }

    /// Whether a condition asks if variables are there at all.
    pub(crate) fn is_presence(&self, condition: &Value<'a>) -> bool {
        let names = condition.names();
        !names.is_empty()
            && names.iter().all(|name| {
                self.reads
                    .iter()
                    .filter(|read| read.name == *name)
                    .any(|read| match &read.default {
                        None => false,
                        Some(default) => {
                            matches!(default, Value::None) || default.as_text() == Some("")
                        }
                    })
            })
    }

    /// Calls an object that reads the environment, or one of its methods.
    pub(crate) fn call_reader(
        &mut self,
        instance: &Rc<Instance<'a>>,
        method: &str,
        arguments: &Arguments<'a>,
        spot: Spot,
        frame: &mut Frame<'a>,
    ) -> Value<'a> {
        let Value::External(class) = &instance.class else {
            return arguments.unsure();
        };
        let is_django_environ = class.starts_with("environ.");
        match method {
            "read_env" | "read_envfile" | "seal" | "load" => return Value::None,
            "prefixed" => return Value::Instance(instance.clone()),
            _ => {}
        }
        let connection = connection_of(method);
        let first = arguments
            .positional
            .first()
            .or_else(|| arguments.named("var"))
            .or_else(|| arguments.named("name"))
            .cloned();
        let name = match (first, connection) {
            (Some(name), _) => name,
            (None, Some(kind)) => Value::text(kind.variable()),
            (None, None) => return arguments.unsure(),
        };
        let prefix = match instance.attributes.get("prefix") {
            Some(binding) => binding.value.as_text().unwrap_or_default().to_owned(),
            None => String::new(),
        };
        let name = name.map(|name| match name.as_text() {
            Some(name) => Value::text(&format!("{prefix}{name}")),
            None => name.clone(),
        });
        let scheme = name
            .as_text()
            .and_then(|name| instance.attributes.get(&*format!("scheme:{name}")))
            .map(|binding| binding.value.clone());
        // django-environ's `env(name, cast, default)` against `env(name, default)` of the others.
        let is_plain = matches!(method, "__call__" | "get_value");
        let position = if is_django_environ && is_plain { 2 } else { 1 };
        let mut default = arguments.get(position, "default").cloned();
        let mut cast = match (is_plain, method) {
            (true, _) => arguments
                .named("cast")
                .or_else(|| {
                    is_django_environ
                        .then(|| arguments.positional.get(1))
                        .flatten()
                })
                .or_else(|| {
                    class
                        .starts_with("starlette")
                        .then(|| arguments.positional.get(1))
                        .flatten()
                })
                .cloned(),
            (false, method) => Some(Value::External(format!("cast.{method}").into())),
        };
        if let Some(Value::List(scheme)) = &scheme {
            cast = cast.or_else(|| scheme.first().cloned());
            default = default.or_else(|| scheme.get(1).cloned());
        } else if let Some(scheme) = scheme {
            cast = cast.or(Some(scheme));
        }
        let value = self.read(&name, default, spot);
        if let Some(kind) = connection {
            self.note_connection(&value);
            return value.map(|value| kind.settings(value));
        }
        match cast {
            Some(cast) => self.cast(&cast, &value, spot, frame),
            None => value,
        }
    }

    /// Applies a cast to what was read.
    fn cast(
        &mut self,
        cast: &Value<'a>,
        value: &Value<'a>,
        spot: Spot,
        frame: &mut Frame<'a>,
    ) -> Value<'a> {
        let alternatives: Vec<Value<'a>> = value.alternatives().into_iter().cloned().collect();
        let has_default = value.default().is_some();
        let mut results: Vec<Value<'a>> = alternatives
            .iter()
            .map(|value| match cast {
                Value::External(name) => simple_cast(name.rsplit('.').next().unwrap_or(""), value),
                Value::Instance(_) | Value::List(_) => simple_cast("list", value),
                Value::Function(_) | Value::Class(_) => {
                    let arguments = Arguments {
                        positional: vec![value.clone()],
                        named: Vec::new(),
                    };
                    self.invoke(cast, arguments, spot, frame)
                }
                _ => value.clone(),
            })
            .collect();
        let default = (has_default && !results.is_empty()).then(|| results.remove(0));
        Value::choice(default, results)
    }
}

/// Whether a text can be the name of a variable.
fn is_variable_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() < 100
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || character == '_')
}

/// A cast by the name of a type or of a reader's method.
pub(crate) fn simple_cast<'a>(kind: &str, value: &Value<'a>) -> Value<'a> {
    match (kind, value) {
        (_, Value::None) => Value::None,
        ("bool" | "boolean" | "strtobool" | "asbool", Value::Text(text)) => Value::Bool(matches!(
            text.trim().to_lowercase().as_str(),
            "1" | "true" | "yes" | "y" | "on" | "t" | "ok"
        )),
        ("bool" | "boolean", Value::Int(number)) => Value::Bool(*number != 0),
        ("int", Value::Text(text)) => text
            .trim()
            .parse()
            .map_or_else(|_| Value::unknown(), Value::Int),
        ("int", Value::Bool(value)) => Value::Int(i64::from(*value)),
        ("str" | "unicode" | "url", Value::Unknown { .. }) => value.clone(),
        ("list" | "tuple" | "set" | "Csv" | "CommaSeparatedStrings" | "csv", Value::Text(text)) => {
            Value::list(
                text.split(',')
                    .map(str::trim)
                    .filter(|part| !part.is_empty())
                    .map(Value::text)
                    .collect(),
            )
        }
        ("path" | "Path", Value::Text(text)) => Value::Path(text.clone()),
        ("str" | "unicode" | "url" | "__call__" | "Secret" | "URL", value) => value.clone(),
        (_, Value::Unknown { .. }) => Value::made_from([value]),
        (_, value) => value.clone(),
    }
}
