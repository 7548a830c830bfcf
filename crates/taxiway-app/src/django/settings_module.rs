//! Which settings module production uses.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Place;

use super::Project;
use crate::evidence::{Origin, Survey};
use crate::python::{Evaluator, Value};
use crate::repository::Repository;

const VARIABLE: &str = "DJANGO_SETTINGS_MODULE";

/// The settings module of production, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) module: Option<String>,
    pub(crate) places: Vec<Place>,
    pub(crate) warnings: Vec<String>,
    /// What settled it.
    pub(crate) because: &'static str,
    /// What else something names, what speaks against it, and where.
    pub(crate) rejected: Vec<(String, String, Place)>,
    /// The folders that modules are looked for in, as the project's own code sets them.
    pub(crate) search: Vec<Utf8PathBuf>,
    /// Modules that the image makes from other files, as [`Evaluator::placed`] has them.
    pub(crate) placed: Vec<(String, Utf8PathBuf)>,
}

/// A module that something names.
struct Candidate {
    module: String,
    place: Place,
}

/// Finds it: by what starts production, else by the project's own defaults, else by name.
pub(crate) fn choose(
    repository: &Repository<'_>,
    project: &Project,
    root: &Utf8Path,
    survey: &Survey,
    entry_modules: &[Utf8PathBuf],
) -> Choice {
    let search = search_folders(project, root);
    let mut evaluator = Evaluator::new(repository, repository.arena(), search);
    evaluator.placed = placed_by_image(repository, root, survey);
    let mut own: Vec<(Candidate, bool)> = Vec::new();
    for path in entry_modules {
        own.extend(defaults_of(&mut evaluator, repository, path, "entry"));
    }
    let from_manage = project
        .manage
        .as_ref()
        .map(|path| defaults_of(&mut evaluator, repository, path, "__main__"))
        .unwrap_or_default();
    let mut choice = Choice {
        search: evaluator.search.clone(),
        placed: evaluator.placed.clone(),
        ..Choice::default()
    };
    let mut explicit: Option<Candidate> = None;
    for candidate in named_by_evidence(survey) {
        let because = if evaluator.find(&candidate.module).is_none() {
            "there is no such module in the repository"
        } else if is_for_development(&candidate.module) {
            "for development or a common base, by its name"
        } else if explicit.is_none() {
            explicit = Some(candidate);
            continue;
        } else {
            "named by a less trusted file"
        };
        choice
            .rejected
            .push((candidate.module, because.to_owned(), candidate.place));
    }
    if let Some(candidate) = explicit {
        choice
            .rejected
            .retain(|(module, ..)| *module != candidate.module);
        for (other, _) in own.iter().chain(&from_manage) {
            if other.module != candidate.module {
                let because = "only the code's own default, which production overrides";
                let place = other.place.clone();
                choice
                    .rejected
                    .push((other.module.clone(), because.to_owned(), place));
            }
        }
        choice.because = "a file that starts or builds production names it";
        choice.module = Some(candidate.module);
        choice.places.push(candidate.place);
        return choice;
    }
    own.sort_by_key(|(candidate, is_default)| (!is_production(&candidate.module), !is_default));
    let candidates = own
        .into_iter()
        .chain(from_manage)
        .map(|(candidate, _)| candidate);
    let mut fallback: Option<Candidate> = None;
    for candidate in candidates {
        let is_there = evaluator.find(&candidate.module).is_some();
        if !is_there {
            choice.warnings.push(format!(
                "{}: the settings module `{}` is not in the repository",
                candidate.place, candidate.module
            ));
        }
        let is_usable = is_there
            && !is_for_development(&candidate.module)
            && !is_empty_package(&evaluator, repository, &candidate.module);
        if is_usable {
            let better = production_beside(&evaluator, repository, &candidate.module, true);
            choice.because = if better.is_some() {
                "it extends the settings that the code names, and is for production by its name"
            } else {
                "the project's own code sets it, and no file names another"
            };
            if better.is_some() {
                let because = "a module for production extends it".to_owned();
                let place = candidate.place.clone();
                choice
                    .rejected
                    .push((candidate.module.clone(), because, place));
            }
            let chosen = better.unwrap_or(candidate);
            choice.module = Some(chosen.module);
            choice.places.push(chosen.place);
            return choice;
        }
        if let Some(better) = production_beside(&evaluator, repository, &candidate.module, false) {
            choice.because =
                "beside what the code names for development, it is for production by its name";
            choice.rejected.push((
                candidate.module.clone(),
                "not for production, or not in the repository".to_owned(),
                candidate.place.clone(),
            ));
            choice.module = Some(better.module);
            choice.places.extend([better.place, candidate.place]);
            return choice;
        }
        let is_better = fallback
            .as_ref()
            .is_none_or(|known| evaluator.find(&known.module).is_none());
        if is_there && is_better {
            fallback = Some(candidate);
        }
    }
    if let Some(known) = &fallback
        && is_for_development(&known.module)
        && let Some(only) = only_configured_beside(&evaluator, repository, &known.module)
    {
        choice.warnings.push(format!(
            "{}: no file names the settings of production; `{}` is the only module beside `{}` that configures hosts or databases",
            only.place, only.module, known.module
        ));
        choice.because =
            "no file names the settings of production; it is the only module that configures them";
        choice.rejected.push((
            known.module.clone(),
            "for development or a common base, by its name".to_owned(),
            known.place.clone(),
        ));
        choice.module = Some(only.module);
        choice.places.push(only.place);
        return choice;
    }
    let fallback = fallback.or_else(|| by_name(repository, project));
    if let Some(candidate) = fallback {
        choice.because = "nothing names settings for production; these are what there is";
        choice.module = Some(candidate.module);
        choice.places.push(candidate.place);
    }
    choice
}

/// The Python files that the production image copies to where the repository has none.
fn placed_by_image(
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

/// The folders that a project imports from.
pub(crate) fn search_folders(project: &Project, root: &Utf8Path) -> Vec<Utf8PathBuf> {
    let mut search = vec![
        project.app_dir.clone(),
        root.to_owned(),
        project.app_dir.join("src"),
    ];
    search.dedup();
    search
}

/// What a file of the project sets the variable to, with whether an empty environment makes it so.
fn defaults_of(
    evaluator: &mut Evaluator<'_>,
    repository: &Repository<'_>,
    path: &Utf8Path,
    name: &str,
) -> Vec<(Candidate, bool)> {
    evaluator.environment.remove(VARIABLE);
    let name = if name == "__main__" {
        name.to_owned()
    } else {
        let folder = super::project::import_root(repository, path);
        let relative = path.strip_prefix(&folder).unwrap_or(path);
        relative.as_str().trim_end_matches(".py").replace('/', ".")
    };
    evaluator.load(&name, path.to_owned(), false);
    let Some(value) = evaluator.environment.get(VARIABLE) else {
        return Vec::new();
    };
    let place = repository
        .find(path, VARIABLE)
        .unwrap_or_else(|| Place::new(path, 1));
    super::settings::alternatives(value)
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

/// What the files that start production set the variable to, the most trusted first.
fn named_by_evidence(survey: &Survey) -> Vec<Candidate> {
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

fn last_part(module: &str) -> &str {
    module.rsplit('.').next().unwrap_or(module)
}

fn parts(module: &str) -> impl Iterator<Item = &str> {
    last_part(module).split('_')
}

/// Whether a module's name says production.
pub(crate) fn is_production(module: &str) -> bool {
    parts(module).any(|part| {
        matches!(
            part,
            "production" | "prod" | "live" | "deploy" | "deployment" | "release"
        )
    })
}

/// Whether a module's name says that production does not use it as it is.
pub(crate) fn is_for_development(module: &str) -> bool {
    parts(module).any(|part| {
        matches!(
            part,
            "dev"
                | "devel"
                | "develop"
                | "development"
                | "local"
                | "base"
                | "common"
                | "default"
                | "defaults"
                | "test"
                | "tests"
                | "testing"
                | "debug"
                | "ci"
                | "sample"
                | "example"
                | "core"
                | "travis"
                | "shared"
        )
    }) && !is_production(module)
}

/// Whether a package of settings has nothing in its `__init__.py`.
fn is_empty_package(evaluator: &Evaluator<'_>, repository: &Repository<'_>, module: &str) -> bool {
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

/// A module for production beside another one. `must_extend`: only one that takes over everything from that one.
fn production_beside(
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
fn only_configured_beside(
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

fn parent(module: &str) -> &str {
    module.rsplit_once('.').map_or("", |(parent, _)| parent)
}

/// How much a file's name says production; less is more.
fn production_rank(stem: &str) -> Option<usize> {
    const NAMES: [&str; 14] = [
        "production",
        "prod",
        "settings_production",
        "settings_prod",
        "production_settings",
        "prod_settings",
        "live",
        "deploy",
        "deployment",
        "release",
        "heroku",
        "azure",
        "docker",
        "server",
    ];
    NAMES
        .iter()
        .position(|name| *name == stem)
        .or_else(|| is_production(stem).then_some(NAMES.len()))
}

/// A file called `settings.py` below the project, or the likeliest of a folder `settings`.
fn by_name(repository: &Repository<'_>, project: &Project) -> Option<Candidate> {
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

/// The value of the setting that names the application object.
pub(crate) fn application<'v>(value: Option<&'v Value<'_>>) -> Option<&'v str> {
    value?.default()?.as_text()
}
