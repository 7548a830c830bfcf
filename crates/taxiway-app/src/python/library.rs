//! What functions outside of the project do, as far as configuration uses them.

use std::rc::Rc;

use super::Spot;
use super::call::Arguments;
use super::connection::Connection;
use super::environment::{is_reader, reader, simple_cast};
use super::evaluator::{Evaluator, Frame};
use super::path::{as_path, below, matches_pattern, path_object};
use super::value::{Binding, Instance, Scope, Value};

/// A value of a module outside of the project.
pub(crate) fn constant<'a>(module: &str, name: &str) -> Option<Value<'a>> {
    Some(match (module, name) {
        ("sys", "argv") => Value::list(vec![Value::text("gunicorn")]),
        ("sys", "platform") => Value::text("linux"),
        ("sys", "version_info") => Value::unknown(),
        ("os", "name") => Value::text("posix"),
        ("os", "sep") => Value::text("/"),
        ("typing", "TYPE_CHECKING") => Value::Bool(false),
        ("dj_database_url", "DEFAULT_ENV") => Value::text("DATABASE_URL"),
        ("string", "ascii_letters" | "digits" | "printable" | "punctuation") => Value::unknown(),
        _ => return None,
    })
}

impl<'a> Evaluator<'a> {
    /// Calls something outside of the project by its dotted name.
    pub(crate) fn call_external(
        &mut self,
        name: &str,
        arguments: Arguments<'a>,
        spot: Spot,
        frame: &mut Frame<'a>,
    ) -> Value<'a> {
        self.call_path(name, &arguments)
            .or_else(|| self.call_builtin(name, &arguments, spot, frame))
            .or_else(|| self.call_environment(name, &arguments, spot, frame))
            .or_else(|| self.call_connection(name, &arguments, spot))
            .or_else(|| self.call_module(name, &arguments, frame))
            .or_else(|| self.call_maker(name, &arguments, spot, frame))
            .or_else(|| self.call_inspection(name, arguments.positional.first(), spot))
            .or_else(|| self.call_loader(name, &arguments))
            .or_else(|| self.make_parser(name, &arguments))
            .or_else(|| self.make_dynaconf(name, &arguments, spot, frame))
            .or_else(|| call_conversion(name, &arguments))
            .unwrap_or_else(|| arguments.unsure())
    }

    /// `os.environ`, and what makes or is a reader of it.
    fn call_environment(
        &mut self,
        name: &str,
        arguments: &Arguments<'a>,
        spot: Spot,
        frame: &mut Frame<'a>,
    ) -> Option<Value<'a>> {
        let default = || arguments.get(1, "default").cloned().unwrap_or(Value::None);
        Some(match name {
            "os.environ.get" | "os.getenv" | "os.environb.get" | "os.environ.pop" => {
                let key = arguments.get(0, "key")?.clone();
                self.read(&key, Some(default()), spot)
            }
            "os.environ.setdefault" => {
                let key = arguments.text(0)?;
                let known = self.environment.get(key).cloned();
                self.environment.entry(key.into()).or_insert_with(default);
                known.unwrap_or_else(default)
            }
            "os.environ.copy" => Value::External("os.environ".into()),
            "environ.Env"
            | "environ.FileAwareEnv"
            | "environs.Env"
            | "environs.FileAwareEnv"
            | "decouple.Config"
            | "decouple.AutoConfig"
            | "starlette.config.Config" => reader(name, arguments),
            "decouple.config" | "getenv.env" | "prettyconf.config" | "envparse.env" => {
                let instance = Rc::new(Instance {
                    class: Value::External(name.into()),
                    attributes: Scope::new(),
                });
                self.call_reader(&instance, "__call__", arguments, spot, frame)
            }
            _ => return None,
        })
    }

    /// Libraries that make settings of a URL.
    fn call_connection(
        &mut self,
        name: &str,
        arguments: &Arguments<'a>,
        spot: Spot,
    ) -> Option<Value<'a>> {
        let mut read_url = |kind: Connection, variable: Value<'a>, fallback: Option<&Value<'a>>| {
            let fallback = fallback.cloned().unwrap_or(Value::None);
            let url = self.read(&variable, Some(fallback), spot);
            self.note_connection(&url);
            url.map(|url| kind.settings(url))
        };
        Some(match name {
            "environ.Path" => self.environ_path(arguments),
            "dj_database_url.config" => self.database_url(arguments, spot),
            "dj_database_url.parse" | "dj_db_url.parse" | "environ.Env.db_url_config" => {
                self.parse_url(Connection::Database, arguments)
            }
            "django_cache_url.config" | "dj_cache_url.config" => {
                let variable = arguments.get(1, "env").cloned();
                let variable = variable.unwrap_or_else(|| Value::text("CACHE_URL"));
                read_url(Connection::Cache, variable, arguments.get(0, "default"))
            }
            "django_cache_url.parse" | "environ.Env.cache_url_config" => {
                self.parse_url(Connection::Cache, arguments)
            }
            "dj_email_url.config" => {
                let variable = Value::text("EMAIL_URL");
                read_url(Connection::Email, variable, arguments.get(1, "default"))
            }
            "dj_email_url.parse" => self.parse_url(Connection::Email, arguments),
            _ => return None,
        })
    }

    /// What loads modules and files, or changes where they are looked for.
    fn call_module(
        &mut self,
        name: &str,
        arguments: &Arguments<'a>,
        frame: &Frame<'a>,
    ) -> Option<Value<'a>> {
        match name {
            "split_settings.tools.include" => {
                self.include_settings(arguments, frame);
                Some(Value::None)
            }
            "split_settings.tools.optional" => arguments.positional.first().cloned(),
            "importlib.import_module" | "builtins.__import__" => {
                let module = arguments.text(0).filter(|module| self.is_own(module))?;
                self.import(module).map(Value::Module)
            }
            "sys.path.insert" | "sys.path.append" => {
                let path = arguments.positional.last()?;
                if let Some(path) = as_path(path).or_else(|| path.pattern()) {
                    self.add_search(&path);
                }
                Some(Value::None)
            }
            _ => None,
        }
    }

    /// What makes objects that keep their arguments: fields, configurations of models, partial functions.
    fn call_maker(
        &mut self,
        name: &str,
        arguments: &Arguments<'a>,
        spot: Spot,
        frame: &mut Frame<'a>,
    ) -> Option<Value<'a>> {
        match name {
            "dataclasses.field" => {
                if let Some(default) = arguments.named("default") {
                    return Some(default.clone());
                }
                let factory = arguments.named("default_factory")?.clone();
                Some(self.invoke(&factory, Arguments::default(), spot, frame))
            }
            "functools.partial" => {
                let positional = Value::list(arguments.positional.clone());
                let named = arguments
                    .named
                    .iter()
                    .map(|(key, value)| (Rc::from(format!("named:{key}")), value.clone()));
                let attributes = std::iter::once((Rc::from("arguments"), positional)).chain(named);
                Some(object(name, attributes))
            }
            _ => {
                let keeps = name.starts_with("configurations.values.")
                    || [
                        ".Field",
                        "SettingsConfigDict",
                        "AliasChoices",
                        "ConfigDict",
                        "dynaconf.Validator",
                    ]
                    .iter()
                    .any(|ending| name.ends_with(ending));
                let positional = arguments
                    .positional
                    .iter()
                    .enumerate()
                    .map(|(index, value)| (Rc::from(index.to_string()), value.clone()));
                keeps.then(|| object(name, positional.chain(arguments.named.iter().cloned())))
            }
        }
    }

    /// Calls what `functools.partial` made.
    fn call_partial(
        &mut self,
        instance: &Rc<Instance<'a>>,
        arguments: &Arguments<'a>,
        spot: Spot,
        frame: &mut Frame<'a>,
    ) -> Value<'a> {
        let given = instance
            .attributes
            .get("arguments")
            .map_or(&[][..], |binding| binding.value.items());
        let Some((function, rest)) = given.split_first() else {
            return arguments.unsure();
        };
        let mut all = Arguments {
            positional: rest.iter().chain(&arguments.positional).cloned().collect(),
            named: arguments.named.clone(),
        };
        for (name, binding) in &instance.attributes {
            if let Some(name) = name.strip_prefix("named:") {
                all.named.push((name.into(), binding.value.clone()));
            }
        }
        self.invoke(function, all, spot, frame)
    }

    fn database_url(&mut self, arguments: &Arguments<'a>, spot: Spot) -> Value<'a> {
        let name = arguments
            .named("env")
            .cloned()
            .unwrap_or_else(|| Value::text("DATABASE_URL"));
        let fallback = arguments.get(0, "default").cloned().unwrap_or(Value::None);
        let url = self.read(&name, Some(fallback), spot);
        self.note_connection(&url);
        let engine = arguments.named("engine").cloned();
        url.map(|url| {
            let settings = Connection::Database.settings(url);
            match (&engine, &settings) {
                (Some(engine), Value::Dict(items)) if !items.is_empty() => {
                    super::operators::with_item(&settings, &Value::text("ENGINE"), &mut |_| {
                        engine.clone()
                    })
                }
                _ => settings,
            }
        })
    }

    fn parse_url(&mut self, kind: Connection, arguments: &Arguments<'a>) -> Value<'a> {
        let Some(url) = arguments.get(0, "url").cloned() else {
            return Value::unknown();
        };
        self.note_connection(&url);
        url.map(|url| kind.settings(url))
    }

    fn include_settings(&mut self, arguments: &Arguments<'a>, frame: &Frame<'a>) {
        let folder = self.modules[frame.module]
            .path
            .parent()
            .map(camino::Utf8Path::to_owned)
            .unwrap_or_default();
        for pattern in &arguments.positional {
            let Some(pattern) = pattern.default().and_then(Value::as_text) else {
                continue;
            };
            let Some(pattern) = crate::repository::join(&folder, pattern) else {
                continue;
            };
            let paths: Vec<camino::Utf8PathBuf> = self
                .repository
                .files()
                .iter()
                .filter(|file| matches_pattern(pattern.as_str(), file.as_str()))
                .cloned()
                .collect();
            for path in paths {
                self.include(&path, frame.module);
            }
        }
    }

    /// An assignment to an item of something outside of the project.
    pub(crate) fn set_external_item(
        &mut self,
        name: &str,
        key: &Value<'a>,
        change: &mut dyn FnMut(&Value<'a>) -> Value<'a>,
        frame: &mut Frame<'a>,
        spot: Spot,
    ) {
        let Some(key) = key.as_text().map(str::to_owned) else {
            return;
        };
        let value = change(&Value::unknown());
        match name {
            "os.environ" => {
                self.environment.insert(key.into(), value);
            }
            "scope" => self.assign(frame, &key, value, spot),
            _ => {}
        }
    }

    /// Calls a method of an object from a library.
    pub(crate) fn call_library_method(
        &mut self,
        receiver: &Value<'a>,
        instance: &Rc<Instance<'a>>,
        name: &str,
        arguments: &Arguments<'a>,
        spot: Spot,
        frame: &mut Frame<'a>,
    ) -> Value<'a> {
        if is_reader(instance) {
            let name = if name == "get" { "__call__" } else { name };
            return self.call_reader(instance, name, arguments, spot, frame);
        }
        if let Some(value) = self
            .read_path(receiver, name, arguments)
            .or_else(|| self.call_parser(instance, name, arguments, spot))
            .or_else(|| self.call_dynaconf(instance, name, arguments, spot))
        {
            return value;
        }
        if let Some(path) = as_path(receiver) {
            return match name {
                "path" => path_object(&arguments.positional.iter().fold(
                    Value::Text(path),
                    |path, part| match path.as_text() {
                        Some(text) => below(text, part, false),
                        None => path,
                    },
                )),
                "file" | "rfind" => Value::unknown(),
                _ => Value::made_from([receiver]),
            };
        }
        Value::made_from(arguments.positional.iter().chain(std::iter::once(receiver)))
    }

    pub(crate) fn call_instance(
        &mut self,
        receiver: &Value<'a>,
        arguments: &Arguments<'a>,
        spot: Spot,
        frame: &mut Frame<'a>,
    ) -> Value<'a> {
        let Value::Instance(instance) = receiver else {
            return arguments.unsure();
        };
        if is_reader(instance) {
            let instance = instance.clone();
            return self.call_reader(&instance, "__call__", arguments, spot, frame);
        }
        if matches!(&instance.class, Value::External(name) if &**name == "functools.partial") {
            return self.call_partial(instance, arguments, spot, frame);
        }
        if let Some(path) = as_path(receiver) {
            return arguments
                .positional
                .iter()
                .fold(Value::Text(path), |path, part| match path.as_text() {
                    Some(text) => below(text, part, false),
                    None => path,
                });
        }
        if let Some(value) = self.call_dynaconf(&instance.clone(), "__call__", arguments, spot) {
            return value;
        }
        if let Some(function) = self.find_method(&instance.class, "__call__", 0) {
            let mut arguments = arguments.clone();
            arguments.positional.insert(0, receiver.clone());
            return self.invoke(&function, arguments, spot, frame);
        }
        arguments.unsure()
    }
}

/// A value of an object from a library.
pub(crate) fn instance_constant<'a>(instance: &Rc<Instance<'a>>, name: &str) -> Option<Value<'a>> {
    match name {
        "root" => as_path(&Value::Instance(instance.clone())).map(Value::Text),
        _ => None,
    }
}

/// The value of a JSON text.
pub(super) fn literal<'a>(text: &str) -> Option<Value<'a>> {
    fn convert<'a>(json: &serde_json::Value) -> Value<'a> {
        match json {
            serde_json::Value::Null => Value::None,
            serde_json::Value::Bool(value) => Value::Bool(*value),
            serde_json::Value::Number(number) => {
                number.as_i64().map_or_else(Value::unknown, Value::Int)
            }
            serde_json::Value::String(text) => Value::text(text),
            serde_json::Value::Array(items) => Value::list(items.iter().map(convert).collect()),
            serde_json::Value::Object(items) => Value::dict(
                items
                    .iter()
                    .map(|(key, value)| (Value::text(key), convert(value)))
                    .collect(),
            ),
        }
    }
    serde_json::from_str(text).ok().map(|json| convert(&json))
}

/// An object of a class outside of the project.
fn object<'a>(class: &str, attributes: impl Iterator<Item = (Rc<str>, Value<'a>)>) -> Value<'a> {
    let attributes = attributes
        .map(|(name, value)| {
            let binding = Binding {
                value,
                spots: Vec::new(),
            };
            (name, binding)
        })
        .collect();
    Value::Instance(Rc::new(Instance {
        class: Value::External(class.into()),
        attributes,
    }))
}

/// What only turns one value into another.
fn call_conversion<'a>(name: &str, arguments: &Arguments<'a>) -> Option<Value<'a>> {
    let first = arguments.positional.first()?;
    Some(match name {
        "distutils.util.strtobool" | "strtobool" => first.map(|value| simple_cast("bool", value)),
        "ast.literal_eval" => first.map(|value| {
            value
                .as_text()
                .and_then(literal)
                .unwrap_or_else(|| Value::made_from([value]))
        }),
        "django.utils.translation.gettext_lazy"
        | "copy.copy"
        | "copy.deepcopy"
        | "urllib.parse.quote"
        | "urllib.parse.quote_plus"
        | "requests.utils.quote"
        | "requests.compat.quote" => first.clone(),
        _ => return None,
    })
}
