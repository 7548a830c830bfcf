//! Named commands that other files run by name: targets of Makefiles and justfiles, tasks of Poe, PDM, Hatch and Pipenv.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use toml::Value;

use super::command::{Command, parse};
use super::survey::Survey;
use crate::manifest::line_of;
use crate::repository::Repository;

/// A name, the file and the line of what it runs, and the commands.
struct Recipe {
    path: Utf8PathBuf,
    line: usize,
    text: String,
}

impl Survey {
    /// Adds what commands like `make serve` and `poe web` run.
    pub(super) fn follow_recipes(&mut self, repository: &Repository<'_>, root: &Utf8Path) {
        let mut tasks: Option<BTreeMap<String, Recipe>> = None;
        let mut found: Vec<Command> = Vec::new();
        for command in &self.commands {
            let target = command
                .words
                .iter()
                .skip(1)
                .find(|word| !word.starts_with('-'));
            let recipe = match (command.program(), target) {
                ("make" | "gmake", Some(target)) => recipe_in(
                    repository,
                    root,
                    &["Makefile", "makefile", "GNUmakefile"],
                    target,
                ),
                ("just", Some(target)) => recipe_in(
                    repository,
                    root,
                    &["justfile", "Justfile", ".justfile"],
                    target,
                ),
                ("poe" | "task" | "invoke", Some(name)) => tasks
                    .get_or_insert_with(|| tasks_of(repository, root))
                    .remove(name.as_str()),
                (program, _) if !program.is_empty() && is_bare(program) => tasks
                    .get_or_insert_with(|| tasks_of(repository, root))
                    .remove(program),
                _ => None,
            };
            if let Some(recipe) = recipe {
                let origin = command.origin;
                let name = command.name.as_deref();
                found.extend(parse(&recipe.text, origin, name, &recipe.path, recipe.line));
            }
        }
        self.commands.extend(found);
    }
}

/// Whether a program can be the name of a task: servers and interpreters are none.
fn is_bare(program: &str) -> bool {
    !program.contains(['/', '.', '$', '='])
        && !matches!(
            program,
            "python" | "python3" | "gunicorn" | "uvicorn" | "celery" | "sh" | "bash"
        )
}

fn recipe_in(
    repository: &Repository<'_>,
    root: &Utf8Path,
    names: &[&str],
    target: &str,
) -> Option<Recipe> {
    [root, "".into()].iter().find_map(|folder| {
        names.iter().find_map(|name| {
            let path = folder.join(name);
            let text = repository.text(&path)?;
            let (line, text) = body(text, target)?;
            Some(Recipe { path, line, text })
        })
    })
}

/// The indented lines below `target:`, with the file's simple variables put in.
fn body(text: &str, target: &str) -> Option<(usize, String)> {
    let is_head = |line: &str| {
        let head = line.split([':', ' ']).next().unwrap_or_default();
        line.contains(':') && !line.contains(":=") && head.trim_start_matches('@') == target
    };
    let at = text.lines().position(is_head)?;
    let mut lines: Vec<String> = text
        .lines()
        .skip(at + 1)
        .take_while(|line| line.starts_with([' ', '\t']) || line.trim().is_empty())
        .map(|line| line.trim_start().trim_start_matches(['@', '-']).to_owned())
        .collect();
    for (name, value) in variables(text) {
        for line in &mut lines {
            for written in [
                format!("$({name})"),
                format!("${{{name}}}"),
                format!("{{{{{name}}}}}"),
            ] {
                if line.contains(&written) && line.len() < 4096 {
                    *line = line.replace(&written, &value);
                }
            }
        }
    }
    // A dollar of the shell is written twice.
    Some((at + 1, lines.join("\n").replace("$$", "$")))
}

fn variables(text: &str) -> Vec<(String, String)> {
    text.lines()
        .filter(|line| !line.starts_with([' ', '\t', '#']))
        .filter_map(|line| {
            let (name, value) = line.split_once('=')?;
            let name = name.trim_end_matches([':', '?', ' ']).trim();
            let is_name = !name.is_empty()
                && name
                    .chars()
                    .all(|character| character.is_ascii_alphanumeric() || character == '_');
            let value = value.trim().trim_matches('"');
            (is_name && value.len() < 1024).then(|| (name.to_owned(), value.to_owned()))
        })
        .collect()
}

/// The tasks that the project's own tools know.
fn tasks_of(repository: &Repository<'_>, root: &Utf8Path) -> BTreeMap<String, Recipe> {
    const TABLES: [(&str, &[&str]); 6] = [
        ("pyproject.toml", &["tool", "poe", "tasks"]),
        ("pyproject.toml", &["tool", "pdm", "scripts"]),
        (
            "pyproject.toml",
            &["tool", "hatch", "envs", "default", "scripts"],
        ),
        ("pyproject.toml", &["tool", "rye", "scripts"]),
        ("pyproject.toml", &["tool", "taskipy", "tasks"]),
        ("Pipfile", &["scripts"]),
    ];
    let mut found = BTreeMap::new();
    for (file, keys) in TABLES {
        let path = root.join(file);
        let Some((text, table)) = repository.text(&path).zip(repository.toml(&path)) else {
            continue;
        };
        let [first, rest @ ..] = keys else {
            continue;
        };
        let listed = rest
            .iter()
            .try_fold(table.get(*first), |value, key| Some(value?.get(key)))
            .flatten()
            .and_then(|value| {
                Some(
                    value
                        .as_table()?
                        .iter()
                        .map(|(name, task)| (name.clone(), command_of(task)))
                        .collect::<Vec<_>>(),
                )
            });
        for (name, command) in listed.into_iter().flatten() {
            if let Some(command) = command {
                let line = line_of(text, &command);
                found.entry(name).or_insert(Recipe {
                    path: path.clone(),
                    line,
                    text: command,
                });
            }
        }
    }
    found
}

/// A task is a text, a table with one, or a list.
fn command_of(task: &Value) -> Option<String> {
    match task {
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => {
            let lines: Vec<String> = items.iter().filter_map(command_of).collect();
            (!lines.is_empty()).then(|| lines.join("\n"))
        }
        Value::Table(table) => ["cmd", "shell", "composite"]
            .iter()
            .find_map(|key| table.get(*key))
            .and_then(command_of),
        _ => None,
    }
}
