//! The settings modules that nothing names: beside one that is not for production, or by the name of their file.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Place;

use super::Candidate;
use super::name::{is_for_development, last_part, parent, production_rank};
use crate::django::Project;
use crate::python::Evaluator;
use crate::repository::{Repository, join};

/// A module for production beside another one. `must_extend`: only one that takes over everything from that one.
pub(super) fn production_beside(
    evaluator: &Evaluator<'_>,
    repository: &Repository<'_>,
    module: &str,
    must_extend: bool,
) -> Option<Candidate> {
    let (package, folder) = match evaluator.find(module) {
        Some((path, true)) => {
            let folder = if path.extension() == Some("py") {
                path.parent()?.to_owned()
            } else {
                path
            };
            (module.to_owned(), folder)
        }
        Some((path, false)) => (parent(module).to_owned(), path.parent()?.to_owned()),
        None => {
            let package = parent(module);
            let (path, is_package) = evaluator.find(package)?;
            if !is_package {
                return None;
            }
            let folder = if path.extension() == Some("py") {
                path.parent()?.to_owned()
            } else {
                path
            };
            (package.to_owned(), folder)
        }
    };
    let is_package_itself = package == module;
    if must_extend && is_package_itself {
        return None;
    }
    let mut best: Option<(usize, Candidate)> = None;
    for file in repository.directly_in(&folder) {
        if file.extension() != Some("py") {
            continue;
        }
        let Some(stem) = file.file_stem() else {
            continue;
        };
        let Some(rank) = production_rank(stem) else {
            continue;
        };
        let text = repository.text(file)?;
        let own = last_part(module);
        let extends = text.contains(&format!("from .{own} import *"))
            || text.contains(&format!("from {module} import *"))
            || text.contains("from . import *");
        if must_extend && !extends {
            continue;
        }
        let name = if package.is_empty() {
            stem.to_owned()
        } else {
            format!("{package}.{stem}")
        };
        if name == module {
            continue;
        }
        if best.as_ref().is_none_or(|(known, _)| rank < *known) {
            best = Some((
                rank,
                Candidate {
                    module: name,
                    place: Place::new(file, 1),
                },
            ));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The one module beside another that takes over the common settings, and says for itself who may ask and where data is.
pub(super) fn only_configured_beside(
    evaluator: &Evaluator<'_>,
    repository: &Repository<'_>,
    module: &str,
) -> Option<Candidate> {
    let (path, _) = evaluator.find(module)?;
    let folder = path.parent()?;
    let package = parent(module);
    let mut found = repository.directly_in(folder).filter_map(|file| {
        let stem = file
            .file_stem()
            .filter(|_| file.extension() == Some("py"))?;
        let name = format!("{package}.{stem}");
        let is_other = stem == "__init__" || name == module || is_for_development(&name);
        let text = repository
            .text(file)
            .filter(|_| !is_other && !package.is_empty())?;
        let extends = text.contains("import *");
        let configures = ["ALLOWED_HOSTS", "DATABASES"].iter().any(|setting| {
            text.lines()
                .any(|line| line.starts_with(setting) && line.contains('='))
        });
        (extends && configures).then(|| Candidate {
            module: name,
            place: Place::new(file, 1),
        })
    });
    let only = found.next()?;
    found.next().is_none().then_some(only)
}

/// The example beside a module that is not in the repository, with the file that it is to be copied to.
pub(super) fn example_of(evaluator: &Evaluator<'_>, module: &str) -> Option<(String, Utf8PathBuf)> {
    const WORDS: [&str; 5] = ["example", "sample", "template", "dist", "tmpl"];
    let repository = evaluator.repository;
    let package = parent(module).replace('.', "/");
    let own = last_part(module);
    evaluator.search.iter().find_map(|folder| {
        let folder = join(folder, &package)?;
        let target = folder.join(format!("{own}.py"));
        let names = WORDS.iter().flat_map(|word| {
            [
                format!("{own}.py.{word}"),
                format!("{own}.py-{word}"),
                format!("{own}.{word}.py"),
                format!("{own}_{word}.py"),
                format!("{word}_{own}.py"),
            ]
        });
        let example = names
            .map(|name| folder.join(name))
            .find(|example| repository.is_file(example))?;
        Some((target.into_string(), example))
    })
}

/// Whether a package of settings has nothing in its `__init__.py`.
pub(super) fn is_empty_package(
    evaluator: &Evaluator<'_>,
    repository: &Repository<'_>,
    module: &str,
) -> bool {
    let Some((path, true)) = evaluator.find(module) else {
        return false;
    };
    repository.text(&path).is_none_or(|text| {
        text.lines().map(str::trim).all(|line| {
            line.is_empty()
                || line.starts_with('#')
                || line.starts_with("\"\"\"")
                || line.starts_with("'''")
        })
    })
}

/// A file called `settings.py` below the project, or the likeliest of a folder `settings`.
pub(super) fn by_name(repository: &Repository<'_>, project: &Project) -> Option<Candidate> {
    let rank = |file: &Utf8Path| {
        let is_in_folder = file.parent().and_then(Utf8Path::file_name) == Some("settings");
        match file.file_stem()? {
            stem if is_in_folder => production_rank(stem).or(match stem {
                "base" | "common" => Some(90),
                _ => None,
            }),
            "settings" => Some(80),
            _ => None,
        }
    };
    let (_, file) = repository
        .below(&project.app_dir)
        .filter(|file| file.extension() == Some("py") && !crate::evidence::role::is_vendored(file))
        .filter_map(|file| Some((rank(file)?, file)))
        .min()?;
    let relative = file.strip_prefix(&project.app_dir).ok()?;
    Some(Candidate {
        module: relative.as_str().trim_end_matches(".py").replace('/', "."),
        place: Place::new(file, 1),
    })
}
