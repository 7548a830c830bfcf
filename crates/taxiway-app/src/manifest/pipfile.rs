//! `Pipfile`. Source: Pipenv documentation.

use camino::Utf8Path;
use toml::Value;

use super::line_of;
use crate::document::Distribution;
use crate::repository::{Repository, at_line};
use crate::requirement::{normalized_name, pinned};

/// What a Pipfile says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pipfile {
    pub(crate) distributions: Vec<Distribution>,
    /// The interpreter, and the line that says so, from 0.
    pub(crate) python: Option<(String, usize)>,
}

pub(crate) fn read(repository: &Repository<'_>, path: &Utf8Path) -> Option<Pipfile> {
    let text = repository.text(path)?;
    let table = repository.toml(path)?;
    let mut found = Pipfile::default();
    for (name, value) in table
        .get("packages")
        .and_then(Value::as_table)
        .into_iter()
        .flatten()
    {
        let text_of = |key: &str| value.get(key).and_then(Value::as_str);
        let specifier = value.as_str().or_else(|| text_of("version")).unwrap_or("*");
        let specifier = if specifier == "*" { "" } else { specifier };
        let line = text
            .lines()
            .position(|line| {
                line.trim_start()
                    .trim_start_matches('"')
                    .starts_with(name.as_str())
            })
            .unwrap_or(0);
        found.distributions.push(Distribution {
            name: normalized_name(name),
            version: pinned(specifier),
            specifier: specifier.to_owned(),
            extras: value
                .get("extras")
                .and_then(Value::as_array)
                .map_or_else(Vec::new, |extras| {
                    extras
                        .iter()
                        .filter_map(Value::as_str)
                        .map(normalized_name)
                        .collect()
                }),
            marker: text_of("markers").map(str::to_owned),
            url: text_of("git").map(|git| format!("git+{git}")),
            place: at_line(path, line),
        });
    }
    let requires = table.get("requires");
    for key in ["python_full_version", "python_version"] {
        if let Some(version) = requires
            .and_then(|table| table.get(key))
            .and_then(Value::as_str)
        {
            found.python = Some((version.to_owned(), line_of(text, key)));
            break;
        }
    }
    Some(found)
}
