//! What functions outside of the project do, as far as configuration uses them.

use std::rc::Rc;

use super::Spot;
use super::call::Arguments;
use super::environment::{Connection, is_reader, reader, simple_cast};
use super::evaluator::{Evaluator, Frame};
use super::expression::{concatenate, iterate};
use super::value::{Binding, HOLE, Instance, ROOT, Scope, Value};

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
        if let Some(value) = self.call_path(name, &arguments) {
            return value;
        }
        if let Some(value) = self.call_builtin(name, &arguments, spot, frame) {
            return value;
        }
        let default = || arguments.get(1, "default").cloned().unwrap_or(Value::None);
        match name {
            "os.environ.get" | "os.getenv" | "os.environb.get" | "os.environ.pop" => {
                match arguments.get(0, "key") {
                    Some(key) => self.read(&key.clone(), Some(default()), spot),
                    None => Value::unknown(),
                }
            }
            "os.environ.setdefault" => {
                let value = default();
                if let Some(key) = arguments.text(0) {
                    let known = self.environment.get(key).cloned();
                    self.environment
                        .entry(key.into())
                        .or_insert_with(|| value.clone());
                    return known.unwrap_or(value);
                }
                value
            }
            "os.environ.copy" => Value::External("os.environ".into()),
            "environ.Env"
            | "environ.FileAwareEnv"
            | "environs.Env"
            | "environs.FileAwareEnv"
            | "decouple.Config"
            | "decouple.AutoConfig"
            | "starlette.config.Config" => reader(name, &arguments),
            "decouple.config" | "getenv.env" | "prettyconf.config" | "envparse.env" => {
                let instance = Rc::new(Instance {
                    class: Value::External(name.into()),
                    attributes: Scope::new(),
                });
                self.call_reader(&instance, "__call__", &arguments, spot, frame)
            }
            "environ.Path" => self.environ_path(&arguments),
            "dj_database_url.config" => self.database_url(&arguments, spot),
            "dj_database_url.parse" | "dj_db_url.parse" | "environ.Env.db_url_config" => {
                self.parse_url(Connection::Database, &arguments)
            }
            "django_cache_url.config" | "dj_cache_url.config" => {
                let variable = arguments.get(1, "env").cloned();
                let name = variable.unwrap_or_else(|| Value::text("CACHE_URL"));
                let fallback = arguments.get(0, "default").cloned();
                let url = self.read(&name, fallback.or(Some(Value::None)), spot);
                self.note_connection(&url);
                url.map(|url| Connection::Cache.settings(url))
            }
            "django_cache_url.parse" | "environ.Env.cache_url_config" => {
                self.parse_url(Connection::Cache, &arguments)
            }
            "dj_email_url.config" => {
                let fallback = arguments.get(1, "default").cloned();
                let url = self.read(
                    &Value::text("EMAIL_URL"),
                    fallback.or(Some(Value::None)),
                    spot,
                );
                self.note_connection(&url);
                url.map(|url| Connection::Email.settings(url))
            }
            "dj_email_url.parse" => self.parse_url(Connection::Email, &arguments),
            "split_settings.tools.include" => {
                self.include_settings(&arguments, frame);
                Value::None
            }
            "split_settings.tools.optional" => {
                arguments.positional.first().cloned().unwrap_or(Value::None)
            }
            "importlib.import_module" | "builtins.__import__" => match arguments.text(0) {
                Some(name) if self.is_own(name) => {
                    let name = name.to_owned();
                    self.import(&name).map_or(Value::unknown(), Value::Module)
                }
                _ => arguments.unsure(),
            },
            "sys.path.insert" | "sys.path.append" => {
                let value = arguments
                    .positional
                    .last()
                    .and_then(|path| as_path(path).or_else(|| path.pattern()));
                if let Some(path) = value {
                    self.add_search(&path);
                }
                Value::None
            }
            _ if name.ends_with(".Field")
                || name.ends_with("SettingsConfigDict")
                || name.ends_with("AliasChoices")
                || name.ends_with("ConfigDict") =>
            {
                let mut attributes = Scope::new();
                let positional = arguments
                    .positional
                    .iter()
                    .enumerate()
                    .map(|(index, value)| (Rc::from(index.to_string()), value.clone()));
                for (key, value) in positional.chain(arguments.named.iter().cloned()) {
                    attributes.insert(
                        key,
                        Binding {
                            value,
                            spots: Vec::new(),
                        },
                    );
                }
                Value::Instance(Rc::new(Instance {
                    class: Value::External(name.into()),
                    attributes,
                }))
            }
            "distutils.util.strtobool" | "django.utils.translation.gettext_lazy" | "strtobool" => {
                let kind = if name.ends_with("strtobool") {
                    "bool"
                } else {
                    "str"
                };
                arguments
                    .positional
                    .first()
                    .map_or(Value::unknown(), |value| {
                        value.map(|value| simple_cast(kind, value))
                    })
            }
            "json.loads" | "ast.literal_eval" | "yaml.safe_load" => arguments
                .positional
                .first()
                .map_or(Value::unknown(), |value| {
                    value.map(|value| match value.as_text() {
                        Some(text) => literal(text).unwrap_or_else(|| Value::made_from([value])),
                        None => Value::made_from([value]),
                    })
                }),
            "copy.copy" | "copy.deepcopy" => {
                arguments.positional.first().cloned().unwrap_or(Value::None)
            }
            "urllib.parse.quote"
            | "urllib.parse.quote_plus"
            | "requests.utils.quote"
            | "requests.compat.quote" => {
                arguments.positional.first().cloned().unwrap_or(Value::None)
            }
            _ => arguments.unsure(),
        }
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
                    super::expression::with_item(&settings, &Value::text("ENGINE"), &mut |_| {
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

    fn call_builtin(
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
            "int" | "float" => first?.map(|value| simple_cast(name, value)),
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
            "open" => {
                let is_there = first
                    .and_then(|path| as_path(path).or_else(|| path.pattern()))
                    .is_some_and(|path| self.exists(&path));
                if !is_there {
                    self.opened += 1;
                }
                arguments.unsure()
            }
            "print" => Value::None,
            "globals" | "locals" | "vars" if arguments.positional.is_empty() => {
                Value::External("scope".into())
            }
            "getattr" => {
                let attribute = arguments.text(1)?.to_owned();
                let value = first?.clone();
                self.attribute(&value, &attribute, spot)
            }
            "exec" => arguments.unsure(),
            _ => return None,
        })
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
        if let Some(path) = as_path(receiver) {
            return arguments
                .positional
                .iter()
                .fold(Value::Text(path), |path, part| match path.as_text() {
                    Some(text) => below(text, part, false),
                    None => path,
                });
        }
        if let Some(function) = self.find_method(&instance.class, "__call__", 0) {
            let mut arguments = arguments.clone();
            arguments.positional.insert(0, receiver.clone());
            return self.invoke(&function, arguments, spot, frame);
        }
        arguments.unsure()
    }

    fn environ_path(&mut self, arguments: &Arguments<'a>) -> Value<'a> {
        let Some(first) = arguments.positional.first() else {
            return Value::unknown();
        };
        let mut path = match first.default().and_then(Value::as_text) {
            Some(path) => Value::text(path),
            None => return arguments.unsure(),
        };
        for part in arguments.positional.iter().skip(1) {
            path = match path.as_text() {
                Some(text) => below(text, part, false),
                None => path,
            };
        }
        path_object(&path)
    }

    fn call_path(&mut self, name: &str, arguments: &Arguments<'a>) -> Option<Value<'a>> {
        let first = arguments.positional.first();
        let each = |change: &dyn Fn(&str) -> String| {
            first.map(|value| {
                value.map(|value| match (value.pattern(), as_path(value)) {
                    (Some(text), _) => like(value, &change(&text)),
                    (None, Some(path)) => Value::text(&change(&path)),
                    (None, None) => Value::made_from([value]),
                })
            })
        };
        Some(match name {
            "os.path.dirname" => each(&|path| parent(path).to_owned())?,
            "os.path.basename" => each(&|path| last(path).to_owned())?,
            "os.path.abspath" | "os.path.realpath" | "os.path.normpath" => each(&|path| {
                if path.starts_with('/') || path.starts_with(HOLE) {
                    normal(path)
                } else {
                    normal(&format!("{ROOT}/{path}"))
                }
            })?,
            "os.path.expanduser" | "os.path.expandvars" | "os.fspath" => first?.clone(),
            "os.path.join" => {
                let mut parts = arguments.positional.iter();
                let first = parts.next()?;
                let mut path = as_path(first).map_or_else(|| first.clone(), Value::Text);
                for part in parts {
                    path = Value::zip(&path, part, |path, part| match path.pattern() {
                        Some(text) => match below(&text, part, false) {
                            Value::Text(joined) => like(path, &joined),
                            value => value,
                        },
                        None => Value::made_from([path, part]),
                    });
                }
                path.map(|path| match path {
                    Value::Path(text) => Value::Text(text.clone()),
                    path => path.clone(),
                })
            }
            "os.path.exists" | "os.path.isfile" | "os.path.isdir" => self.existence(first?),
            "os.getcwd" => Value::text(ROOT),
            "pathlib.Path" | "pathlib.PurePath" | "pathlib.PosixPath" => {
                let mut path = match first {
                    None => return Some(Value::Path(ROOT.into())),
                    Some(first) => first.map(|first| match first.pattern() {
                        Some(text) if first.as_text().is_some() => Value::Path(text),
                        _ => Value::made_from([first]),
                    }),
                };
                for part in arguments.positional.iter().skip(1) {
                    path = Value::zip(&path, part, |path, part| match path.as_text() {
                        Some(text) => below(text, part, true),
                        None => Value::made_from([path, part]),
                    });
                }
                path
            }
            _ => return None,
        })
    }

    /// Whether a file of that path is in the repository; elsewhere it may be.
    fn existence(&self, path: &Value<'a>) -> Value<'a> {
        let known = as_path(path).or_else(|| path.default().and_then(Value::pattern));
        match known {
            Some(path) if self.exists(&path) => Value::Bool(true),
            _ => Value::choice(Some(Value::Bool(false)), vec![Value::Bool(true)]),
        }
    }

    fn exists(&self, path: &str) -> bool {
        let relative = match path.strip_prefix(ROOT) {
            Some(relative) => relative.trim_start_matches('/'),
            None if path.starts_with('/') => return false,
            None => path,
        };
        crate::repository::join("".into(), relative)
            .is_some_and(|path| self.repository.is_file(&path) || self.repository.is_folder(&path))
    }

    fn add_search(&mut self, path: &str) {
        let relative = match path.strip_prefix(ROOT) {
            Some(relative) => relative.trim_start_matches('/'),
            None if path.starts_with('/') => return,
            None => path,
        };
        if let Some(folder) = crate::repository::join("".into(), relative)
            && !self.search.contains(&folder)
            && self.search.len() < 16
        {
            self.search.push(folder);
        }
    }
}

/// A value of an object from a library.
pub(crate) fn instance_constant<'a>(instance: &Rc<Instance<'a>>, name: &str) -> Option<Value<'a>> {
    match name {
        "root" => as_path(&Value::Instance(instance.clone())).map(Value::Text),
        _ => None,
    }
}

/// The path of a `pathlib.Path` or an `environ.Path`.
pub(crate) fn as_path(value: &Value<'_>) -> Option<Rc<str>> {
    match value {
        Value::Path(path) => Some(path.clone()),
        Value::Instance(instance) => match &instance.class {
            Value::External(name) if &**name == "environ.Path" => {
                instance.attributes.get("path")?.value.pattern()
            }
            _ => None,
        },
        _ => None,
    }
}

fn path_object<'a>(path: &Value<'a>) -> Value<'a> {
    let mut attributes = Scope::new();
    attributes.insert(
        "path".into(),
        Binding {
            value: path.clone(),
            spots: Vec::new(),
        },
    );
    Value::Instance(Rc::new(Instance {
        class: Value::External("environ.Path".into()),
        attributes,
    }))
}

/// `environ.Path(…) - levels`.
pub(crate) fn up<'a>(value: &Value<'a>, levels: i64) -> Value<'a> {
    let Some(path) = as_path(value) else {
        return Value::made_from([value]);
    };
    let mut path: &str = &path;
    for _ in 0..levels.clamp(0, 64) {
        path = parent(path);
    }
    path_object(&Value::text(path))
}

/// `folder/part`.
pub(crate) fn below<'a>(folder: &str, part: &Value<'a>, is_object: bool) -> Value<'a> {
    let Some(text) = as_path(part).or_else(|| part.pattern()) else {
        return match part {
            Value::Choice(_) => part.map(|part| below(folder, part, is_object)),
            _ => concatenate(&Value::text(&format!("{folder}/")), part),
        };
    };
    let joined = if text.starts_with('/') || folder.is_empty() {
        text.to_string()
    } else {
        format!("{}/{text}", folder.trim_end_matches('/'))
    };
    if matches!(part, Value::Unknown { .. }) {
        return like(part, &joined);
    }
    if is_object {
        Value::Path(joined.into())
    } else {
        Value::text(&joined)
    }
}

/// A value of the same kind with another text.
fn like<'a>(value: &Value<'a>, text: &str) -> Value<'a> {
    match value {
        Value::Unknown { names, .. } => Value::Unknown {
            names: names.clone(),
            text: Some(text.into()),
        },
        Value::Path(_) => Value::Path(text.into()),
        _ => Value::text(text),
    }
}

/// A path without `.` and `..`.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let start = if path.starts_with('/') { "/" } else { "" };
    format!("{start}{}", parts.join("/"))
}

fn parent(path: &str) -> &str {
    match path.trim_end_matches('/').rfind('/') {
        Some(0) => "/",
        Some(at) => &path[..at],
        None => "",
    }
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// An attribute of a `pathlib.Path`.
pub(crate) fn path_attribute<'a>(path: &str, name: &str) -> Option<Value<'a>> {
    Some(match name {
        "parent" => Value::Path(parent(path).into()),
        "parents" => {
            let mut folders = Vec::new();
            let mut folder = parent(path);
            while !folder.is_empty() && folders.len() < 32 {
                folders.push(Value::Path(folder.into()));
                if folder == "/" {
                    break;
                }
                folder = parent(folder);
            }
            Value::list(folders)
        }
        "name" => Value::text(last(path)),
        "stem" => Value::text(
            last(path)
                .rsplit_once('.')
                .map_or(last(path), |(stem, _)| stem),
        ),
        _ => return None,
    })
}

/// A method of a `pathlib.Path`.
pub(crate) fn path_method<'a>(
    path: &str,
    name: &str,
    arguments: &Arguments<'a>,
) -> Option<Value<'a>> {
    Some(match name {
        "resolve" | "absolute" | "expanduser" => Value::Path(normal(path).into()),
        "joinpath" => {
            let mut joined = Value::Path(path.into());
            for part in &arguments.positional {
                joined = match joined.as_text() {
                    Some(text) => below(text, part, true),
                    None => joined,
                };
            }
            joined
        }
        "as_posix" | "__str__" => Value::text(path),
        "exists" | "is_file" | "is_dir" => {
            Value::choice(Some(Value::Bool(false)), vec![Value::Bool(true)])
        }
        _ => return None,
    })
}

/// Whether a path matches a pattern with `*` for a part of a name.
fn matches_pattern(pattern: &str, path: &str) -> bool {
    let mut wanted = pattern.split('/');
    let mut parts = path.split('/');
    loop {
        match (wanted.next(), parts.next()) {
            (None, None) => return true,
            (Some(wanted), Some(part)) => {
                let mut pieces = wanted.split('*');
                let first = pieces.next().unwrap_or_default();
                let Some(mut rest) = part.strip_prefix(first) else {
                    return false;
                };
                let mut last_piece = None;
                for piece in pieces {
                    last_piece = Some(piece);
                    match rest.find(piece) {
                        Some(at) => rest = &rest[at + piece.len()..],
                        None => return false,
                    }
                }
                match last_piece {
                    None if !rest.is_empty() => return false,
                    Some(piece) if !part.ends_with(piece) => return false,
                    _ => {}
                }
            }
            _ => return false,
        }
    }
}

/// The value of a JSON text.
fn literal<'a>(text: &str) -> Option<Value<'a>> {
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
