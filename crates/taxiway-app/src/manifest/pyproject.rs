//! `pyproject.toml`. Sources: PEP 621, PEP 735, the documentation of Poetry, PDM and Hatch.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use toml::{Table, Value};

use super::{is_for_development, line_of};
use crate::document::Distribution;
use crate::repository::{Repository, at_line};
use crate::requirement::{normalized_name, parse, pinned};

/// A parsed `pyproject.toml`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pyproject {
    pub(crate) path: Utf8PathBuf,
    text: Arc<str>,
    table: Arc<Table>,
    /// What the requirements files hold that stand in for `project.dependencies`, and these files.
    dynamic: Vec<Distribution>,
    pub(crate) dynamic_files: Vec<Utf8PathBuf>,
}

impl Pyproject {
    pub(crate) fn read(repository: &Repository<'_>, path: &Utf8Path) -> Option<Self> {
        let mut file = Self {
            path: path.to_owned(),
            text: repository.text(path)?.into(),
            table: repository.toml(path)?,
            dynamic: Vec::new(),
            dynamic_files: Vec::new(),
        };
        file.read_dynamic(repository);
        Some(file)
    }

    /// Requirements that stand in files of their own. Sources: the documentation of setuptools and hatch-requirements-txt.
    fn read_dynamic(&mut self, repository: &Repository<'_>) {
        let is_dynamic = self
            .get("project.dynamic")
            .and_then(Value::as_array)
            .is_some_and(|fields| {
                fields
                    .iter()
                    .any(|field| field.as_str() == Some("dependencies"))
            });
        if !is_dynamic {
            return;
        }
        let named: Vec<String> = [
            "tool.setuptools.dynamic.dependencies.file",
            "tool.hatch.metadata.hooks.requirements_txt.files",
            "tool.hatch.metadata.hooks.requirements_txt.filename",
        ]
        .iter()
        .filter_map(|path| self.get(path))
        .flat_map(|value| match value {
            Value::Array(items) => items
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            Value::String(text) => vec![text.clone()],
            _ => Vec::new(),
        })
        .collect();
        let folder = self.path.parent().unwrap_or("".into()).to_owned();
        for name in named {
            let Some(path) = crate::repository::join(&folder, &name) else {
                continue;
            };
            let read = super::requirements::read(repository, &path);
            if !read.distributions.is_empty() {
                self.dynamic.extend(read.distributions);
                self.dynamic_files.extend(read.files);
            }
        }
    }

    /// The value at a dotted path.
    pub(crate) fn get(&self, path: &str) -> Option<&Value> {
        let mut keys = path.split('.');
        let mut value = self.table.get(keys.next()?)?;
        for key in keys {
            value = value.get(key)?;
        }
        Some(value)
    }

    pub(crate) fn text_at(&self, path: &str) -> Option<&str> {
        self.get(path)?.as_str()
    }

    pub(crate) fn line_of(&self, needle: &str) -> usize {
        line_of(&self.text, needle)
    }

    pub(crate) fn name(&self) -> Option<&str> {
        self.text_at("project.name")
            .or_else(|| self.text_at("tool.poetry.name"))
    }

    /// The constraint on the interpreter, and the line it stands on, from 0.
    pub(crate) fn requires_python(&self) -> Option<(String, usize)> {
        if let Some(specifier) = self.text_at("project.requires-python") {
            return Some((specifier.to_owned(), self.line_of("requires-python")));
        }
        let python = self.get("tool.poetry.dependencies.python")?;
        let specifier = match python {
            Value::String(text) => text.clone(),
            other => other.get("version")?.as_str()?.to_owned(),
        };
        let line = self.text.lines().position(|line| {
            line.trim_start().starts_with("python ") || line.trim_start().starts_with("python=")
        });
        Some((specifier, line.unwrap_or(0)))
    }

    /// Whether it says what to install, rather than how to format.
    pub(crate) fn has_dependencies(&self) -> bool {
        self.get("project.dependencies").is_some()
            || self.get("tool.poetry.dependencies").is_some()
            || self.get("dependency-groups").is_some()
            || self.get("project.optional-dependencies").is_some()
            || self
                .get("project.dynamic")
                .and_then(Value::as_array)
                .is_some_and(|fields| {
                    fields
                        .iter()
                        .any(|field| field.as_str() == Some("dependencies"))
                })
    }

    /// What production installs, with these groups and extras besides the main requirements.
    pub(crate) fn distributions(&self, groups: &[String]) -> Vec<Distribution> {
        let mut found = self.dynamic.clone();
        if let Some(listed) = self.get("project.dependencies").and_then(Value::as_array) {
            self.add_list(listed, &mut found);
        }
        for path in ["tool.poetry.dependencies"] {
            if let Some(table) = self.get(path).and_then(Value::as_table) {
                self.add_poetry(table, &mut found);
            }
        }
        for group in groups {
            self.add_group(group, 0, &mut found);
        }
        found
    }

    fn add_group(&self, group: &str, depth: u8, found: &mut Vec<Distribution>) {
        if depth > 10 {
            return;
        }
        let wanted = normalized_name(group);
        let listed = |path: &str| {
            self.get(path)?
                .as_table()?
                .iter()
                .find(|(name, _)| normalized_name(name) == wanted)
                .map(|(_, value)| value)
        };
        for path in [
            "dependency-groups",
            "project.optional-dependencies",
            "tool.pdm.dev-dependencies",
        ] {
            let Some(items) = listed(path).and_then(Value::as_array) else {
                continue;
            };
            self.add_list(items, found);
            for item in items {
                if let Some(included) = item.get("include-group").and_then(Value::as_str) {
                    self.add_group(included, depth + 1, found);
                }
            }
        }
        if let Some(table) = listed("tool.poetry.group")
            .and_then(|group| group.get("dependencies"))
            .and_then(Value::as_table)
        {
            self.add_poetry(table, found);
        }
    }

    fn add_list(&self, listed: &[Value], found: &mut Vec<Distribution>) {
        for text in listed.iter().filter_map(Value::as_str) {
            let place = at_line(&self.path, self.line_of(&format!("{text}\"")));
            push(found, parse(text, place));
        }
    }

    fn add_poetry(&self, table: &Table, found: &mut Vec<Distribution>) {
        for (name, value) in table {
            if name == "python" {
                continue;
            }
            let line = self
                .text
                .lines()
                .position(|line| {
                    let line = line.trim_start().trim_start_matches('"');
                    line.strip_prefix(name.as_str()).is_some_and(|rest| {
                        rest.trim_start_matches('"').trim_start().starts_with('=')
                    })
                })
                .unwrap_or(0);
            let first = match value {
                Value::Array(items) => items.first(),
                value => Some(value),
            };
            let Some(value) = first else { continue };
            if value.get("optional").and_then(Value::as_bool) == Some(true) {
                continue;
            }
            let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
            let specifier = match value {
                Value::String(text) => text.clone(),
                _ => text("version").unwrap_or_default(),
            };
            let is_bare = specifier.starts_with(|first: char| first.is_ascii_digit());
            let version = if is_bare && !specifier.contains('*') {
                Some(specifier.clone())
            } else {
                pinned(&specifier)
            };
            let extras =
                value
                    .get("extras")
                    .and_then(Value::as_array)
                    .map_or_else(Vec::new, |extras| {
                        extras
                            .iter()
                            .filter_map(Value::as_str)
                            .map(normalized_name)
                            .collect()
                    });
            push(
                found,
                Some(Distribution {
                    name: normalized_name(name),
                    version,
                    specifier: if specifier == "*" {
                        String::new()
                    } else {
                        specifier
                    },
                    extras,
                    marker: text("markers"),
                    url: text("git")
                        .map(|git| format!("git+{git}"))
                        .or_else(|| text("url"))
                        .or_else(|| text("path")),
                    place: at_line(&self.path, line),
                }),
            );
        }
    }

    /// The names of the extras.
    pub(crate) fn extras(&self) -> Vec<String> {
        self.get("project.optional-dependencies")
            .or_else(|| self.get("tool.poetry.extras"))
            .and_then(Value::as_table)
            .map(|table| table.keys().cloned().collect())
            .unwrap_or_default()
    }

    /// The groups and extras that are not for development.
    pub(crate) fn production_groups(&self) -> Vec<String> {
        let mut groups = Vec::new();
        if let Some(table) = self.get("dependency-groups").and_then(Value::as_table) {
            groups.extend(table.keys().cloned());
        }
        groups.retain(|group| !is_for_development(group));
        groups
    }

    /// Whether it declares commands for the terminal.
    pub(crate) fn has_scripts(&self) -> bool {
        [
            "project.scripts",
            "tool.poetry.scripts",
            "project.gui-scripts",
        ]
        .iter()
        .any(|path| {
            self.get(path)
                .and_then(Value::as_table)
                .is_some_and(|scripts| !scripts.is_empty())
        })
    }

    /// Whether it can be built into a distribution that others install.
    pub(crate) fn is_package(&self) -> bool {
        self.get("build-system").is_some()
            && self.name().is_some()
            && self
                .get("tool.poetry.package-mode")
                .and_then(Value::as_bool)
                != Some(false)
            && self.get("tool.uv.package").and_then(Value::as_bool) != Some(false)
    }
}

fn push(found: &mut Vec<Distribution>, distribution: Option<Distribution>) {
    if let Some(distribution) = distribution
        && !found
            .iter()
            .any(|known| known.name == distribution.name && known.marker == distribution.marker)
    {
        found.push(distribution);
    }
}
