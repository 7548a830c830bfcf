//! Which interpreter files ask for.

use camino::{Utf8Path, Utf8PathBuf};

use super::installation::Installation;
use super::pyproject::Pyproject;
use crate::document::{Declaration, Python, PythonDeclaration};
use crate::evidence::dockerfile::version_in;
use crate::evidence::{Origin, Survey};
use crate::repository::{Repository, at_line};
use crate::requirement::minor_version;

/// A declaration and the `major.minor` in it, with how much it is worth as the version to run on.
struct Candidate {
    rank: u8,
    version: Option<String>,
    declaration: PythonDeclaration,
}

/// Everything that the files say about the interpreter of a service.
pub(crate) fn read(
    repository: &Repository<'_>,
    root: &Utf8Path,
    app_dir: &Utf8Path,
    survey: &Survey,
    installation: &Installation,
) -> Python {
    let mut found = Vec::new();
    let mut folders: Vec<Utf8PathBuf> = vec![root.to_owned(), app_dir.to_owned()];
    let mut folder = root.parent();
    while let Some(path) = folder {
        folders.push(path.to_owned());
        folder = path.parent();
    }
    folders.dedup();
    preferences(repository, &folders, &mut found);
    images(repository, survey, &mut found);
    constraints(repository, &folders, installation, &mut found);
    integration(repository, &mut found);
    found.sort_by_key(|candidate| candidate.rank);
    let best = found
        .iter()
        .find(|candidate| candidate.version.is_some())
        .map(|candidate| {
            (
                candidate.version.clone(),
                candidate.declaration.place.path().to_owned(),
            )
        });
    let constraint = found
        .iter()
        .find(|candidate| candidate.declaration.strength == Declaration::Constraint)
        .map(|candidate| candidate.declaration.value.clone());
    let mut declarations: Vec<PythonDeclaration> = Vec::new();
    for candidate in found {
        if !declarations.contains(&candidate.declaration) {
            declarations.push(candidate.declaration);
        }
    }
    declarations.sort_by_key(|declaration| declaration.strength);
    let (version, source) = best.map_or((None, None), |(version, source)| (version, Some(source)));
    Python {
        version,
        constraint,
        source,
        declarations,
    }
}

fn preference(rank: u8, value: &str, path: &Utf8Path, line: usize) -> Candidate {
    Candidate {
        rank,
        version: version_in(value),
        declaration: PythonDeclaration {
            value: value.to_owned(),
            strength: Declaration::Preference,
            place: at_line(path, line),
        },
    }
}

fn preferences(repository: &Repository<'_>, folders: &[Utf8PathBuf], found: &mut Vec<Candidate>) {
    for folder in folders {
        let path = folder.join(".python-version");
        if let Some(text) = repository.text(&path) {
            let line = text
                .lines()
                .map(str::trim)
                .find(|line| !line.is_empty() && !line.starts_with('#'));
            if let Some(version) = line.and_then(|line| version_in(line).map(|_| line)) {
                found.push(preference(1, version, &path, 0));
            }
        }
        let path = folder.join("runtime.txt");
        if let Some(text) = repository.text(&path)
            && let Some(version) = text.trim().strip_prefix("python-")
        {
            found.push(preference(1, version, &path, 0));
        }
        let path = folder.join(".tool-versions");
        if let Some(text) = repository.text(&path) {
            for (number, line) in text.lines().enumerate() {
                if let Some(version) = line.trim().strip_prefix("python ") {
                    found.push(preference(3, version.trim(), &path, number));
                }
            }
        }
        let path = folder.join("Pipfile");
        if let Some(pipfile) = super::pipfile::read(repository, &path)
            && let Some((version, line)) = pipfile.python
        {
            found.push(preference(2, &version, &path, line));
        }
    }
}

fn images(repository: &Repository<'_>, survey: &Survey, found: &mut Vec<Candidate>) {
    for (index, file) in survey.dockerfiles.iter().enumerate() {
        if index > 0 && crate::evidence::role::is_example_path(&file.path) {
            continue;
        }
        if let Some((version, line)) = file.python() {
            let is_development = crate::evidence::role::is_development_path(&file.path);
            let rank = if index == 0 && !is_development { 0 } else { 7 };
            found.push(preference(rank, &version, &file.path, line));
        }
    }
    for file in repository.files() {
        if file.as_str().ends_with(".bicep")
            && let Some(text) = repository.text(file)
        {
            for (number, line) in text.lines().enumerate() {
                let lower = line.to_lowercase();
                if let Some((_, version)) = lower.split_once("python|")
                    && version_in(version).is_some()
                {
                    let version: String = version
                        .chars()
                        .take_while(|character| character.is_ascii_digit() || *character == '.')
                        .collect();
                    found.push(preference(3, &version, file, number));
                }
            }
        }
    }
    for variable in &survey.variables {
        if matches!(
            variable.name.as_str(),
            "PYTHON_VERSION" | "GOOGLE_PYTHON_VERSION" | "NIXPACKS_PYTHON_VERSION"
        ) && variable.origin <= Origin::Platform
        {
            found.push(Candidate {
                rank: 2,
                version: version_in(&variable.value),
                declaration: PythonDeclaration {
                    value: variable.value.clone(),
                    strength: Declaration::Preference,
                    place: variable.place.clone(),
                },
            });
        }
    }
}

fn constraints(
    repository: &Repository<'_>,
    folders: &[Utf8PathBuf],
    installation: &Installation,
    found: &mut Vec<Candidate>,
) {
    let mut push = |specifier: String, path: &Utf8Path, line: usize| {
        found.push(Candidate {
            rank: 5,
            version: minor_version(&specifier),
            declaration: PythonDeclaration {
                value: specifier,
                strength: Declaration::Constraint,
                place: at_line(path, line),
            },
        });
    };
    for folder in folders {
        let path = folder.join("pyproject.toml");
        if let Some((specifier, line)) =
            Pyproject::read(repository, &path).and_then(|file| file.requires_python())
        {
            push(specifier, &path, line);
        }
        let path = folder.join("setup.cfg");
        if let Some((specifier, line)) =
            super::setup::read_config(repository, &path).and_then(|setup| setup.requires_python)
        {
            push(specifier, &path, line);
        }
        if !installation.uses_setup {
            continue;
        }
        let path = folder.join("setup.py");
        if let Some((specifier, line)) =
            super::setup::read_script(repository, &path).and_then(|setup| setup.requires_python)
        {
            push(specifier, &path, line);
        }
    }
}

/// The versions that continuous integration tests with; worth little, but better than nothing.
fn integration(repository: &Repository<'_>, found: &mut Vec<Candidate>) {
    for file in repository.files() {
        if !file.as_str().starts_with(".github/workflows/") {
            continue;
        }
        let Some(text) = repository.text(file) else {
            continue;
        };
        let rank = 8 + u8::from(is_beside_code(file));
        for (number, line) in text.lines().enumerate() {
            let Some((key, value)) = line.split_once(':') else {
                continue;
            };
            let key = key.trim().trim_start_matches("- ");
            if !matches!(key, "python-version" | "python_version") || value.contains("${{") {
                continue;
            }
            let value = value.trim().trim_matches(['[', ']', '\'', '"']);
            let last = value
                .split(',')
                .map(|version| version.trim().trim_matches(['\'', '"']))
                .rfind(|version| version_in(version).is_some());
            if let Some(version) = last {
                found.push(preference(rank, version, file, number));
            }
        }
    }
}

/// Whether a workflow is about the project's documents or its packages rather than its code.
fn is_beside_code(file: &Utf8Path) -> bool {
    let stem = file.file_stem().unwrap_or_default().to_lowercase();
    stem.split(|character: char| !character.is_ascii_alphanumeric())
        .any(|part| {
            matches!(
                part,
                "doc"
                    | "docs"
                    | "documentation"
                    | "pages"
                    | "publish"
                    | "release"
                    | "codeql"
                    | "towncrier"
            )
        })
}
