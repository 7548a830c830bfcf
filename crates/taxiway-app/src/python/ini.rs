//! What `configparser` makes of ini files.
//!
//! Where a file that is read may not be there, every option may be another than the files of the repository say.
//! Source: Python's documentation of `configparser`.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::Spot;
use super::call::Arguments;
use super::configuration_file::{FILE, is_a, keeps, kept};
use super::environment::simple_cast;
use super::evaluator::Evaluator;
use super::path::as_path;
use super::value::{Instance, Value};

/// Placeholders of one value that are filled.
const MOST_PLACEHOLDERS: usize = 20;

/// How often a placeholder may lead to another, as `configparser` has it.
const DEEPEST_PLACEHOLDERS: u32 = 10;

/// A value longer than this is not written by people.
const LONGEST_VALUE: usize = 4096;

const PARSER: &str = "configparser.ConfigParser";
const SECTION: &str = "configparser.SectionProxy";

impl<'a> Evaluator<'a> {
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
            let length = result.pattern().map_or(0, |text| text.len());
            if length > LONGEST_VALUE || matches!(&result, Value::Unknown { text: None, .. }) {
                return Value::made_from([&result]);
            }
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
        if depth > DEEPEST_PLACEHOLDERS || !self.pay_for(LONGEST_VALUE / 16) {
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
        let given: BTreeSet<String> = options.iter().map(|(name, _)| name.clone()).collect();
        let options = options
            .into_iter()
            .map(|(name, value)| (Value::text(&name), Value::text(&value)));
        let name = Value::text(&name);
        match sections.iter_mut().find(|(own, _)| *own == name) {
            Some((_, Value::Dict(known))) => {
                let options: Vec<_> = options.collect();
                let is_new =
                    |name: &Value<'_>| name.as_text().is_none_or(|name| !given.contains(name));
                let kept = known.iter().filter(|(name, _)| is_new(name)).cloned();
                *known = Rc::new(kept.chain(options).collect());
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
