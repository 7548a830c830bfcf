//! Files that settings read: texts, TOML, JSON, YAML, and what `configparser` makes of ini files.
//!
//! A file of the repository is read as it is there. One that is not there holds values that nobody but the platform knows:
//! they are unknown, and a fallback in the code is what holds without it.
//! Sources: Python's documentation of `configparser` and `tomllib`.

use std::rc::Rc;

use super::Spot;
use super::call::Arguments;
use super::environment::simple_cast;
use super::evaluator::Evaluator;
use super::path::as_path;
use super::value::{Binding, Instance, Scope, Value};
use crate::evidence::yaml;

/// A file beyond this size is data, not configuration.
const LARGEST_FILE: usize = 64 << 10;

/// Values nested deeper than this are not written by people.
const DEEPEST_NESTING: u32 = 40;

/// Placeholders of one value that are filled.
const MOST_PLACEHOLDERS: usize = 20;

const FILE: &str = "builtins.file";
const PARSER: &str = "configparser.ConfigParser";
const SECTION: &str = "configparser.SectionProxy";

/// An object of a library with what the evaluator keeps about it; the names can't be those of Python.
pub(super) fn kept<'a>(
    class: &str,
    kept: impl IntoIterator<Item = (&'static str, Value<'a>)>,
) -> Value<'a> {
    let attributes = kept.into_iter().map(|(name, value)| {
        let binding = Binding {
            value,
            spots: Vec::new(),
        };
        (Rc::from(name), binding)
    });
    Value::Instance(Rc::new(Instance {
        class: Value::External(class.into()),
        attributes: attributes.collect::<Scope<'a>>(),
    }))
}

/// What is kept about an object under a name.
pub(super) fn keeps<'v, 'a>(instance: &'v Instance<'a>, name: &str) -> Option<&'v Value<'a>> {
    instance.attributes.get(name).map(|binding| &binding.value)
}

/// Whether an object is of a class outside of the project.
pub(super) fn is_a(instance: &Instance<'_>, class: &str) -> bool {
    matches!(&instance.class, Value::External(name) if &**name == class)
}

impl<'a> Evaluator<'a> {
    /// The text of a file in the repository.
    pub(super) fn file_text(&self, path: &str) -> Option<Rc<str>> {
        let relative = match path.strip_prefix(super::ROOT) {
            Some(relative) => relative.trim_start_matches('/'),
            None if path.starts_with('/') => return None,
            None => path,
        };
        let path = crate::repository::join("".into(), relative)?;
        let text = self.repository.text(&path)?;
        (text.len() <= LARGEST_FILE).then_some(text)
    }

    /// `open(path)`.
    pub(super) fn open_file(&mut self, path: &Value<'a>, arguments: &Arguments<'a>) -> Value<'a> {
        let known = as_path(path).or_else(|| path.pattern());
        let is_there = known.as_ref().is_some_and(|path| self.exists(path));
        if !is_there {
            self.opened += 1;
        }
        match known.filter(|_| is_there) {
            Some(path) => kept(FILE, [(":path", Value::Text(path))]),
            None => arguments.unsure(),
        }
    }

    /// `Path.open`, `Path.read_text` and `read` of an open file; `None` for what reads no file.
    pub(super) fn read_path(
        &mut self,
        receiver: &Value<'a>,
        name: &str,
        arguments: &Arguments<'a>,
    ) -> Option<Value<'a>> {
        match (receiver, name) {
            (Value::Path(_), "open") => Some(self.open_file(receiver, arguments)),
            (Value::Path(path), "read_text" | "read_bytes") => {
                if !self.exists(path) {
                    self.opened += 1;
                }
                Some(self.whole(path))
            }
            (Value::Instance(instance), "read" | "readline") if is_a(instance, FILE) => {
                let path = keeps(instance, ":path")?.as_text()?;
                let whole = self.whole(path);
                Some(match (name, whole.as_text()) {
                    ("readline", Some(text)) => Value::text(text.lines().next().unwrap_or("")),
                    _ => whole,
                })
            }
            _ => None,
        }
    }

    fn whole(&self, path: &str) -> Value<'a> {
        self.file_text(path)
            .map_or_else(Value::unknown, Value::Text)
    }

    /// `tomllib.load` and its kind; `None` for any other function.
    pub(super) fn call_loader(
        &mut self,
        name: &str,
        arguments: &Arguments<'a>,
    ) -> Option<Value<'a>> {
        let (format, takes_text) = match name {
            "tomllib.load" | "tomli.load" => (Format::Toml, false),
            "tomllib.loads" | "tomli.loads" => (Format::Toml, true),
            // These take an open file, or its path.
            "toml.load" => (Format::Toml, false),
            "toml.loads" => (Format::Toml, true),
            "json.load" => (Format::Json, false),
            "json.loads" => (Format::Json, true),
            "yaml.safe_load" | "yaml.load" | "yaml.full_load" => (Format::Yaml, true),
            _ => return None,
        };
        let first = arguments.positional.first()?.clone();
        Some(first.map(|source| {
            let text = match source {
                Value::Instance(instance) if is_a(instance, FILE) => keeps(instance, ":path")
                    .and_then(Value::as_text)
                    .and_then(|path| self.file_text(path)),
                Value::Text(text) if takes_text => Some(text.clone()),
                Value::Text(path) | Value::Path(path) => self.file_text(path),
                _ => None,
            };
            text.and_then(|text| format.parse(&text))
                .unwrap_or_else(|| Value::made_from([source]))
        }))
    }

    /// `configparser.ConfigParser(…)` of any kind; `None` for any other function.
    pub(super) fn make_parser(
        &mut self,
        name: &str,
        arguments: &Arguments<'a>,
    ) -> Option<Value<'a>> {
        let kind = name
            .strip_prefix("configparser.")
            .or_else(|| name.strip_prefix("ConfigParser."))?;
        let style = match kind {
            "ConfigParser" | "SafeConfigParser" => "basic",
            "RawConfigParser" => "none",
            "ExtendedInterpolation" => return Some(Value::text("extended")),
            _ => return None,
        };
        let style = match arguments.named("interpolation") {
            None => Value::text(style),
            Some(Value::Text(style)) => Value::Text(style.clone()),
            Some(Value::None) => Value::text("none"),
            // An interpolation of the project's own can do anything.
            Some(_) => return Some(arguments.unsure()),
        };
        let defaults = arguments.get(0, "defaults").cloned();
        Some(kept(
            PARSER,
            [
                (":sections", Value::dict(Vec::new())),
                (":complete", Value::Bool(true)),
                (":style", style),
                (":defaults", defaults.unwrap_or(Value::None)),
            ],
        ))
    }

    /// The parser after `read`, `read_file`, `read_string` or `read_dict`; `None` for any other method or object.
    pub(super) fn read_into_parser(
        &mut self,
        receiver: &Value<'a>,
        method: &str,
        arguments: &Arguments<'a>,
    ) -> Option<Value<'a>> {
        let Value::Instance(instance) = receiver else {
            return None;
        };
        if !is_a(instance, PARSER)
            || !matches!(method, "read" | "read_file" | "readfp" | "read_string")
        {
            return None;
        }
        let first = arguments.positional.first()?;
        let listed: Vec<Value<'a>> = match first {
            Value::List(items) => items.to_vec(),
            value => vec![value.clone()],
        };
        let mut changed = (**instance).clone();
        for source in listed.iter().take(20) {
            let text = match source.default() {
                Some(Value::Text(text)) if method == "read_string" => Some(text.clone()),
                Some(Value::Instance(file)) if is_a(file, FILE) => keeps(file, ":path")
                    .and_then(Value::as_text)
                    .and_then(|path| self.file_text(path)),
                Some(value) => as_path(value)
                    .or_else(|| value.pattern())
                    .and_then(|path| self.file_text(&path)),
                None => None,
            };
            let is_certain = source.default() == Some(source);
            match text {
                Some(text) => add_sections(&mut changed, &text),
                None => set_kept(&mut changed, ":complete", Value::Bool(false)),
            }
            if !is_certain {
                set_kept(&mut changed, ":complete", Value::Bool(false));
            }
        }
        Some(Value::Instance(Rc::new(changed)))
    }

    /// A method of a parser or of one of its sections; `None` for any other object.
    pub(super) fn call_parser(
        &mut self,
        instance: &Rc<Instance<'a>>,
        method: &str,
        arguments: &Arguments<'a>,
        spot: Spot,
    ) -> Option<Value<'a>> {
        if is_a(instance, SECTION) {
            let option = arguments.positional.first()?.clone();
            let fallback = arguments.get(1, "fallback").cloned();
            let value = match method {
                "get" => self.option(instance, &option, fallback.or(Some(Value::None)), spot),
                "getint" | "getboolean" | "getfloat" => {
                    self.option(instance, &option, fallback.or(Some(Value::None)), spot)
                }
                _ => return Some(arguments.unsure()),
            };
            return Some(converted(method, &value));
        }
        if !is_a(instance, PARSER) {
            return None;
        }
        let section = |own: &Self| own.section(instance, arguments.positional.first()?);
        Some(match method {
            "get" | "getint" | "getboolean" | "getfloat" => {
                let option = arguments.get(1, "option")?.clone();
                let fallback = arguments.named("fallback").cloned();
                let Some(Value::Instance(section)) = section(self) else {
                    return Some(arguments.unsure());
                };
                let value = self.option(&section, &option, fallback, spot);
                converted(method, &value)
            }
            "has_section" => {
                let found = section_of(instance, arguments.text(0)?).is_some();
                known_if(is_complete(instance), found)
            }
            "has_option" => {
                let option = arguments.text(1)?.to_lowercase();
                let found = section_of(instance, arguments.text(0)?)
                    .is_some_and(|options| options.get(&option).is_some());
                known_if(is_complete(instance), found)
            }
            "sections" => {
                let names = names_of(keeps(instance, ":sections")?);
                Value::list(
                    names
                        .into_iter()
                        .filter(|name| name.as_text() != Some("DEFAULT"))
                        .collect(),
                )
            }
            "options" => names_list(section_of(instance, arguments.text(0)?)),
            "items" => {
                let name = arguments.text(0)?;
                let options: Vec<Value<'a>> = names_of(&section_of(instance, name)?);
                let Some(Value::Instance(section)) = section(self) else {
                    return Some(arguments.unsure());
                };
                let pairs = options.into_iter().map(|option| {
                    let value = self.option(&section, &option, None, spot);
                    Value::list(vec![option, value])
                });
                Value::list(pairs.collect())
            }
            _ => arguments.unsure(),
        })
    }

    /// `parser[section]` and `section[option]`; `None` for any other object.
    pub(super) fn parser_item(
        &mut self,
        instance: &Rc<Instance<'a>>,
        key: &Value<'a>,
        spot: Spot,
    ) -> Option<Value<'a>> {
        if is_a(instance, PARSER) {
            return self.section(instance, key);
        }
        is_a(instance, SECTION).then(|| self.option(instance, key, None, spot))
    }

    fn section(&self, parser: &Instance<'a>, name: &Value<'a>) -> Option<Value<'a>> {
        let name = name.as_text()?;
        let options = section_of(parser, name).unwrap_or_else(|| Value::dict(Vec::new()));
        Some(kept(
            SECTION,
            [
                (":options", options),
                (":complete", Value::Bool(is_complete(parser))),
                (":style", keeps(parser, ":style")?.clone()),
                (":defaults", keeps(parser, ":defaults")?.clone()),
                (":sections", keeps(parser, ":sections")?.clone()),
            ],
        ))
    }

    fn option(
        &mut self,
        section: &Instance<'a>,
        option: &Value<'a>,
        fallback: Option<Value<'a>>,
        spot: Spot,
    ) -> Value<'a> {
        let Some(name) = option.as_text().map(str::to_lowercase) else {
            return Value::made_from([option]);
        };
        let written = keeps(section, ":options")
            .and_then(|options| options.get(&name))
            .cloned();
        let value = match written {
            Some(Value::Text(text)) => Some(self.filled(section, &text, spot, 0)),
            other => other,
        };
        if is_complete(section) {
            return value.or(fallback).unwrap_or_else(Value::unknown);
        }
        match value.or(fallback) {
            Some(value) => Value::choice(Some(value), vec![Value::unknown()]),
            None => Value::unknown(),
        }
    }

    /// A value with its placeholders filled: `%(name)s`, or `${name}` and `${section:name}`.
    fn filled(&mut self, section: &Instance<'a>, text: &str, spot: Spot, depth: u32) -> Value<'a> {
        let (open, close) = match keeps(section, ":style").and_then(Value::as_text) {
            Some("extended") => ("${", "}"),
            Some("none") => return Value::text(text),
            _ => ("%(", ")s"),
        };
        let mut result = Value::text("");
        let mut rest = text;
        for _ in 0..MOST_PLACEHOLDERS {
            let Some((before, after)) = rest.split_once(open) else {
                break;
            };
            let Some((name, after)) = after.split_once(close) else {
                break;
            };
            let piece = self.placeholder(section, name, spot, depth + 1);
            result = Value::zip(&result, &Value::text(before), super::operators::concatenate);
            result = Value::zip(&result, &piece, super::operators::concatenate);
            rest = after;
        }
        let rest = if open == "%(" {
            rest.replace("%%", "%")
        } else {
            rest.replace("$$", "$")
        };
        Value::zip(&result, &Value::text(&rest), super::operators::concatenate)
    }

    fn placeholder(
        &mut self,
        section: &Instance<'a>,
        name: &str,
        spot: Spot,
        depth: u32,
    ) -> Value<'a> {
        if depth > 10 {
            return Value::unknown();
        }
        let lower = name.to_lowercase();
        let found = match name.split_once(':') {
            Some((other, option)) => keeps(section, ":sections")
                .and_then(|sections| sections.get(other))
                .and_then(|options| options.get(&option.to_lowercase())),
            None => keeps(section, ":options").and_then(|options| options.get(&lower)),
        };
        if let Some(Value::Text(text)) = found {
            let text = text.clone();
            return self.filled(section, &text, spot, depth);
        }
        match keeps(section, ":defaults") {
            // `ConfigParser(os.environ)`: names are compared without case, variables are upper case.
            Some(Value::External(name)) if name.starts_with("os.environ") => {
                self.read(&Value::text(&lower.to_uppercase()), None, spot)
            }
            Some(defaults) => defaults
                .get(name)
                .or_else(|| defaults.get(&lower))
                .cloned()
                .unwrap_or_else(Value::unknown),
            None => Value::unknown(),
        }
    }
}

/// How a file is written.
#[derive(Clone, Copy)]
pub(super) enum Format {
    Toml,
    Json,
    Yaml,
}

impl Format {
    pub(super) fn parse<'a>(self, text: &str) -> Option<Value<'a>> {
        match self {
            Self::Toml => toml::from_str::<toml::Value>(text)
                .ok()
                .map(|value| from_toml(&value, 0)),
            Self::Json => super::library::literal(text),
            Self::Yaml => yaml::parse(text).map(|node| from_yaml(&node, 0)),
        }
    }
}

fn from_toml<'a>(value: &toml::Value, depth: u32) -> Value<'a> {
    if depth > DEEPEST_NESTING {
        return Value::unknown();
    }
    match value {
        toml::Value::String(text) => Value::text(text),
        toml::Value::Integer(number) => Value::Int(*number),
        toml::Value::Float(number) => Value::Float(*number),
        toml::Value::Boolean(value) => Value::Bool(*value),
        toml::Value::Datetime(_) => Value::unknown(),
        toml::Value::Array(items) => Value::list(
            items
                .iter()
                .map(|item| from_toml(item, depth + 1))
                .collect(),
        ),
        toml::Value::Table(table) => Value::dict(
            table
                .iter()
                .map(|(key, value)| (Value::text(key), from_toml(value, depth + 1)))
                .collect(),
        ),
    }
}

fn from_yaml<'a>(node: &yaml::Node, depth: u32) -> Value<'a> {
    if depth > DEEPEST_NESTING {
        return Value::unknown();
    }
    if let Some(text) = node.text() {
        return match text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            text => text.parse().map_or_else(|_| Value::text(text), Value::Int),
        };
    }
    if !node.entries().is_empty() {
        let entries = node.entries().iter();
        return Value::dict(
            entries
                .map(|(key, value)| (Value::text(key), from_yaml(value, depth + 1)))
                .collect(),
        );
    }
    if node.items().is_empty() {
        return Value::None;
    }
    Value::list(
        node.items()
            .iter()
            .map(|item| from_yaml(item, depth + 1))
            .collect(),
    )
}

/// The sections of an ini file, with option names in lower case as `configparser` keeps them.
pub(super) fn ini_sections(text: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut sections: Vec<(String, Vec<(String, String)>)> = Vec::new();
    for line in text.lines() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continue;
        }
        let header = bare.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        if let Some((name, _)) = header
            && !line.starts_with(char::is_whitespace)
        {
            sections.push((name.trim().to_owned(), Vec::new()));
            continue;
        }
        let Some((_, options)) = sections.last_mut() else {
            continue;
        };
        if line.starts_with(char::is_whitespace)
            && let Some((_, value)) = options.last_mut()
        {
            if !value.is_empty() {
                value.push('\n');
            }
            value.push_str(bare);
        } else if let Some((name, value)) = bare.split_once(['=', ':']) {
            options.push((name.trim().to_lowercase(), value.trim().to_owned()));
        }
    }
    sections
}

fn add_sections(parser: &mut Instance<'_>, text: &str) {
    let mut sections: Vec<_> = match keeps(parser, ":sections") {
        Some(Value::Dict(items)) => items.to_vec(),
        _ => Vec::new(),
    };
    for (name, options) in ini_sections(text) {
        let options = options
            .into_iter()
            .map(|(name, value)| (Value::text(&name), Value::text(&value)));
        let name = Value::text(&name);
        match sections.iter_mut().find(|(own, _)| *own == name) {
            // The last of several options with one name holds, as `Value::get` has it.
            Some((_, Value::Dict(known))) => {
                let all = known.iter().cloned().chain(options).collect();
                *known = Rc::new(all);
            }
            _ => sections.push((name, Value::dict(options.collect()))),
        }
    }
    set_kept(parser, ":sections", Value::dict(sections));
}

fn set_kept<'a>(instance: &mut Instance<'a>, name: &str, value: Value<'a>) {
    if let Some(binding) = instance.attributes.get_mut(name) {
        binding.value = value;
    }
}

/// The options of a section, with those of `DEFAULT` below its own.
fn section_of<'a>(parser: &Instance<'a>, name: &str) -> Option<Value<'a>> {
    let sections = keeps(parser, ":sections")?;
    let own = sections.get(name);
    let Some(Value::Dict(defaults)) = sections.get("DEFAULT") else {
        return own.cloned();
    };
    match own? {
        Value::Dict(own) => Some(Value::dict(
            defaults.iter().chain(own.iter()).cloned().collect(),
        )),
        _ => None,
    }
}

/// `name in parser` and `name in section`; `None` for any other object.
pub(super) fn holds<'a>(instance: &Instance<'a>, name: &Value<'a>) -> Option<Value<'a>> {
    let name = name.as_text()?;
    let found = if is_a(instance, PARSER) {
        section_of(instance, name).is_some()
    } else if is_a(instance, SECTION) {
        keeps(instance, ":options")?
            .get(&name.to_lowercase())
            .is_some()
    } else {
        return None;
    };
    Some(known_if(is_complete(instance), found))
}

fn is_complete(instance: &Instance<'_>) -> bool {
    keeps(instance, ":complete") == Some(&Value::Bool(true))
}

/// What is known of a question when files may be missing.
fn known_if<'a>(is_complete: bool, found: bool) -> Value<'a> {
    if is_complete {
        Value::Bool(found)
    } else {
        Value::choice(Some(Value::Bool(found)), vec![Value::unknown()])
    }
}

fn names_of<'a>(items: &Value<'a>) -> Vec<Value<'a>> {
    let mut names: Vec<Value<'a>> = Vec::new();
    if let Value::Dict(items) = items {
        for (name, _) in items.iter() {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    names
}

fn names_list(items: Option<Value<'_>>) -> Value<'_> {
    Value::list(items.as_ref().map(names_of).unwrap_or_default())
}

/// A value as `getint` and its kind give it.
fn converted<'a>(method: &str, value: &Value<'a>) -> Value<'a> {
    match method {
        "getint" => value.map(|value| simple_cast("int", value)),
        "getboolean" => value.map(|value| simple_cast("bool", value)),
        _ => value.clone(),
    }
}
