//! The settings modules that something names: files that start production, and the project's own code.

use camino::{Utf8Path, Utf8PathBuf};
use ruff_python_ast::Stmt;
use ruff_text_size::Ranged as _;
use taxiway_diagnostics::Place;

use super::name::is_production;
use super::{Candidate, VARIABLE};
use crate::evidence::{Origin, Survey};
use crate::python::Evaluator;
use crate::repository::Repository;

/// What the files that start production set the variable to, the most trusted first.
pub(super) fn named_by_evidence(survey: &Survey) -> Vec<Candidate> {
    let mut found: Vec<(Origin, Candidate)> = Vec::new();
    for command in &survey.commands {
        let is_test = command.manage() == Some("test") || command.program() == "pytest";
        if command.origin == Origin::Development || is_test {
            continue;
        }
        let from_option = command
            .option(&["--settings"])
            .filter(|_| command.manage().is_some())
            .map(str::to_owned);
        let from_variable = command
            .variables
            .iter()
            .rev()
            .find(|(name, _)| name == VARIABLE)
            .map(|(_, value)| value.clone());
        let from_uwsgi = command
            .option(&["--env"])
            .and_then(|pair| pair.strip_prefix("DJANGO_SETTINGS_MODULE="))
            .map(str::to_owned);
        for module in [from_variable, from_option, from_uwsgi]
            .into_iter()
            .flatten()
        {
            found.push((
                command.origin,
                Candidate {
                    module,
                    place: command.place.clone(),
                },
            ));
        }
    }
    for variable in &survey.variables {
        if variable.name == VARIABLE && variable.origin != Origin::Development {
            found.push((
                variable.origin,
                Candidate {
                    module: variable.value.clone(),
                    place: variable.place.clone(),
                },
            ));
        }
    }
    for command in &survey.build_commands {
        for (name, value) in &command.variables {
            if name == VARIABLE {
                found.push((
                    Origin::OtherImage,
                    Candidate {
                        module: value.clone(),
                        place: command.place.clone(),
                    },
                ));
            }
        }
    }
    for (_, candidate) in &mut found {
        let module = candidate.module.trim_matches(['"', '\'']);
        // `${DJANGO_SETTINGS_MODULE:-shop.settings.production}`
        let module = match module
            .strip_prefix("${")
            .and_then(|rest| rest.strip_suffix('}'))
        {
            Some(inner) => inner.split_once('-').map_or("", |(_, default)| default),
            None => module,
        };
        candidate.module = module.to_owned();
    }
    found.retain(|(_, candidate)| !candidate.module.is_empty());
    found.sort_by_key(|(origin, candidate)| (*origin, !is_production(&candidate.module)));
    found.into_iter().map(|(_, candidate)| candidate).collect()
}

/// What a file of the project sets the variable to, with whether an empty environment makes it so.
pub(super) fn defaults_of(
    evaluator: &mut Evaluator<'_>,
    repository: &Repository<'_>,
    path: &Utf8Path,
    name: &str,
) -> Vec<(Candidate, bool)> {
    evaluator.environment.remove(VARIABLE);
    let name = if name == "__main__" {
        name.to_owned()
    } else {
        let folder = crate::django::project::import_root(repository, path);
        let relative = path.strip_prefix(&folder).unwrap_or(path);
        relative.as_str().trim_end_matches(".py").replace('/', ".")
    };
    let telling = telling_part(repository, path);
    evaluator.load_until(&name, path.to_owned(), telling);
    let Some(value) = evaluator.environment.get(VARIABLE) else {
        return Vec::new();
    };
    let place = repository
        .find(path, VARIABLE)
        .unwrap_or_else(|| Place::new(path, 1));
    crate::django::settings::alternatives(value)
        .into_iter()
        .filter_map(|(value, is_default)| {
            let candidate = Candidate {
                module: value.as_text()?.to_owned(),
                place: place.clone(),
            };
            Some((candidate, is_default))
        })
        .collect()
}

/// Where the part of a module ends that says which settings there are; `None` where that may be all of it.
///
/// What follows is imported for the application, which often is all of its code.
fn telling_part(repository: &Repository<'_>, path: &Utf8Path) -> Option<u32> {
    const WORDS: [&str; 4] = [VARIABLE, "environ", "getenv", "path"];
    let text = repository.text(path)?;
    let source = repository.module(path)?;
    let telling = |statement: &&Stmt| {
        let text = &text[std::ops::Range::<usize>::from(statement.range())];
        !matches!(statement, Stmt::Import(_) | Stmt::ImportFrom(_))
            && WORDS.iter().any(|word| text.contains(word))
    };
    let is_definition = |statement: &Stmt| {
        matches!(
            statement,
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) | Stmt::If(_)
        )
    };
    let last = source.body().iter().filter(telling).last()?;
    let is_known = !source.body().iter().filter(telling).any(is_definition)
        && text[..usize::from(last.end())].contains(VARIABLE);
    is_known.then(|| last.end().into())
}

/// The Python files that the production image copies to where the repository has none.
pub(super) fn placed_by_image(
    repository: &Repository<'_>,
    root: &Utf8Path,
    survey: &Survey,
) -> Vec<(String, Utf8PathBuf)> {
    let Some(image) = survey.dockerfiles.first() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for instruction in image.stages.iter().flat_map(|stage| &stage.instructions) {
        let words: Vec<&str> = instruction
            .text
            .split_whitespace()
            .map(|word| word.trim_matches([';', '"', '\'']))
            .collect();
        let pairs: Vec<(&str, &str)> = match (&*instruction.keyword, &*words) {
            ("COPY" | "ADD", [source, target]) => vec![(source, target)],
            ("RUN", words) => words
                .windows(3)
                .filter(|window| matches!(window[0], "cp" | "mv"))
                .map(|window| (window[1], window[2]))
                .collect(),
            _ => continue,
        };
        for (source, target) in pairs {
            let target = target.trim_start_matches("./");
            let path = [root, Utf8Path::new("")]
                .iter()
                .filter_map(|folder| {
                    crate::repository::join(folder, source.trim_start_matches('/'))
                })
                .find(|path| repository.is_file(path));
            if let Some(path) = path
                && target.ends_with(".py")
                && found.len() < 20
            {
                found.push((target.to_owned(), path));
            }
        }
    }
    found
}
