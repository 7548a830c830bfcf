//! Which settings module production uses.

mod beside;
mod name;
mod named;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Place;

use beside::{by_name, example_of, is_empty_package, only_configured_beside, production_beside};
pub(crate) use name::is_for_development;
use name::is_production;
use named::{defaults_of, named_by_evidence, placed_by_image};

use super::{Project, project};
use crate::evidence::Survey;
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
    let search = search_folders(repository, project, root);
    let mut evaluator = Evaluator::new(repository, search);
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
    let mut missing: Vec<Candidate> = Vec::new();
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
        } else if !is_there {
            missing.push(candidate);
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
        return choice;
    }
    let by_example = missing.into_iter().find_map(|candidate| {
        let placed = example_of(&evaluator, &candidate.module)?;
        Some((candidate, placed))
    });
    if let Some((candidate, (target, example))) = by_example {
        choice.because = "the project's own code sets it, and its example is what there is of it";
        choice
            .places
            .extend([candidate.place, Place::new(&example, 1)]);
        choice.module = Some(candidate.module);
        choice.placed.push((target, example));
    }
    choice
}

/// The folders that a project imports from.
pub(crate) fn search_folders(
    repository: &Repository<'_>,
    project: &Project,
    root: &Utf8Path,
) -> Vec<Utf8PathBuf> {
    let mut search = vec![
        project.app_dir.clone(),
        root.to_owned(),
        project.app_dir.join("src"),
    ];
    // A project that is a package itself is imported from above.
    let above = project::above_package(repository, &project.app_dir);
    search.extend(above.filter(|above| above.starts_with(root)));
    search.dedup();
    search
}

/// The value of the setting that names the application object.
pub(crate) fn application<'v>(value: Option<&'v Value<'_>>) -> Option<&'v str> {
    value?.default()?.as_text()
}
