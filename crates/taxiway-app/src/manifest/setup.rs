//! `setup.cfg` and `setup.py`, read and not run.

use camino::Utf8Path;
use ruff_python_ast::{Expr, Stmt};

use super::line_of;
use crate::document::Distribution;
use crate::python::{Evaluator, Value};
use crate::repository::{Repository, at_line};
use crate::requirement::parse;

/// What they say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Setup {
    pub(crate) distributions: Vec<Distribution>,
    /// The constraint on the interpreter, and the line it stands on, from 0.
    pub(crate) requires_python: Option<(String, usize)>,
    pub(crate) has_scripts: bool,
    pub(crate) name: Option<String>,
}

/// Reads `setup.cfg`.
pub(crate) fn read_config(repository: &Repository<'_>, path: &Utf8Path) -> Option<Setup> {
    let text = repository.text(path)?;
    let mut found = Setup::default();
    let mut section = "";
    let mut key = String::new();
    for (number, line) in text.lines().enumerate() {
        let bare = line.split(" #").next().unwrap_or(line).trim_end();
        if bare.trim().is_empty() || bare.trim_start().starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = bare
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            section = name.trim();
            key.clear();
            continue;
        }
        let value = if bare.starts_with(char::is_whitespace) {
            bare.trim()
        } else {
            let Some((name, value)) = bare.split_once(['=', ':']) else {
                continue;
            };
            name.trim().clone_into(&mut key);
            value.trim()
        };
        if value.is_empty() {
            continue;
        }
        match (section, key.as_str()) {
            ("options", "install_requires") => {
                if let Some(distribution) = parse(value, at_line(path, number)) {
                    found.distributions.push(distribution);
                }
            }
            ("options", "python_requires") => {
                found.requires_python = Some((value.to_owned(), number));
            }
            ("options.entry_points", "console_scripts") => found.has_scripts = true,
            ("metadata", "name") => found.name = Some(value.to_owned()),
            _ => {}
        }
    }
    Some(found)
}

/// Reads the call of `setup(…)` in `setup.py`.
pub(crate) fn read_script(repository: &Repository<'_>, path: &Utf8Path) -> Option<Setup> {
    let text = repository.text(path)?;
    if !text.contains("setup(") {
        return None;
    }
    let folder = path.parent().unwrap_or("".into()).to_owned();
    let mut evaluator = Evaluator::new(repository, vec![folder]);
    let module = evaluator.load("setup", path.to_owned(), false)?;
    let body = evaluator.modules[module].source?.body();
    let mut found = Setup::default();
    let arguments = body.iter().find_map(|statement| {
        let Stmt::Expr(expression) = statement else {
            return None;
        };
        let Expr::Call(call) = &*expression.value else {
            return None;
        };
        let is_setup = match &*call.func {
            Expr::Name(name) => name.id.as_str() == "setup",
            Expr::Attribute(attribute) => attribute.attr.as_str() == "setup",
            _ => false,
        };
        is_setup.then_some(&call.arguments)
    })?;
    let mut frame = crate::python::Frame {
        module,
        ..crate::python::Frame::default()
    };
    for keyword in &arguments.keywords {
        let Some(name) = &keyword.arg else { continue };
        let value = evaluator.evaluate(&keyword.value, &mut frame);
        let known = value.default().cloned().unwrap_or(Value::None);
        match name.as_str() {
            "install_requires" => {
                for text in known.items().iter().filter_map(Value::as_text) {
                    let place = at_line(path, line_of(repository.text(path)?, text));
                    found.distributions.extend(parse(text, place));
                }
            }
            "python_requires" => {
                if let Some(text) = known.as_text() {
                    found.requires_python = Some((
                        text.to_owned(),
                        line_of(repository.text(path)?, "python_requires"),
                    ));
                }
            }
            "name" => found.name = known.as_text().map(str::to_owned),
            "entry_points" => {
                found.has_scripts = known.get("console_scripts").is_some()
                    || known
                        .as_text()
                        .is_some_and(|text| text.contains("console_scripts"));
            }
            "scripts" => found.has_scripts |= !known.items().is_empty(),
            _ => {}
        }
    }
    Some(found)
}
