//! Paths: `os.path`, `pathlib` and the `Path` of django-environ.

use std::rc::Rc;

use super::call::Arguments;
use super::evaluator::Evaluator;
use super::operators::concatenate;
use super::value::{Binding, HOLE, Instance, ROOT, Scope, Value};

impl<'a> Evaluator<'a> {
    pub(super) fn environ_path(&mut self, arguments: &Arguments<'a>) -> Value<'a> {
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

    pub(super) fn call_path(&mut self, name: &str, arguments: &Arguments<'a>) -> Option<Value<'a>> {
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
    pub(super) fn existence(&self, path: &Value<'a>) -> Value<'a> {
        let known = as_path(path).or_else(|| path.default().and_then(Value::pattern));
        match known {
            Some(path) if self.exists(&path) => Value::Bool(true),
            _ => Value::choice(Some(Value::Bool(false)), vec![Value::Bool(true)]),
        }
    }

    pub(super) fn exists(&self, path: &str) -> bool {
        let relative = match path.strip_prefix(ROOT) {
            Some(relative) => relative.trim_start_matches('/'),
            None if path.starts_with('/') => return false,
            None => path,
        };
        crate::repository::join("".into(), relative)
            .is_some_and(|path| self.repository.is_file(&path) || self.repository.is_folder(&path))
    }

    pub(super) fn add_search(&mut self, path: &str) {
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

pub(super) fn path_object<'a>(path: &Value<'a>) -> Value<'a> {
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
pub(super) fn matches_pattern(pattern: &str, path: &str) -> bool {
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
