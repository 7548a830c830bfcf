//! Deployment files and tests that the repository already has.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Place;

use crate::document::{Artifacts, AzureDeveloper, Tests};
use crate::evidence::role::{is_development_path, is_example_path};
use crate::evidence::{Survey, azure};
use crate::manifest::installation::Installation;
use crate::repository::{Repository, folder_of, name_of};

/// The deployment files.
pub(crate) fn read(repository: &Repository<'_>, root: &Utf8Path, survey: &Survey) -> Artifacts {
    let azure = azure::service_of(repository, root);
    let named = azure
        .as_ref()
        .and_then(|service| service.dockerfile.clone())
        .filter(|path| repository.is_file(path));
    let dockerfile = named.or_else(|| {
        survey
            .dockerfiles
            .iter()
            .find(|file| !is_development_path(&file.path))
            .map(|file| file.path.clone())
    });
    let compose: Vec<Utf8PathBuf> = survey
        .compose
        .iter()
        .map(|file| file.path.clone())
        .filter(|path| !is_development_path(path) && !is_example_path(path))
        .take(1)
        .collect();
    Artifacts {
        dockerfile,
        compose,
        procfile: survey.procfile.clone(),
        ci: survey
            .integration
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| *name != "cloudbuild")
            .map(str::to_owned)
            .collect(),
        azure: azure.map(|service| AzureDeveloper {
            service: service.name,
            host: service.host,
            place: service.place,
        }),
    }
}

/// How the tests run, and where that was seen.
pub(crate) fn tests(
    repository: &Repository<'_>,
    root: &Utf8Path,
    survey: &Survey,
    installation: &Installation,
) -> Option<(Tests, Place)> {
    let found = |runner: &str, place: Place| {
        Some((
            Tests {
                runner: runner.to_owned(),
            },
            place,
        ))
    };
    for command in &survey.development {
        match command.program() {
            "pytest" | "py.test" => return found("pytest", command.place.clone()),
            "coverage" if command.words.iter().any(|word| word == "pytest") => {
                return found("pytest", command.place.clone());
            }
            _ => {}
        }
        if command
            .words
            .iter()
            .any(|word| word == "py.test" || word == "pytest")
            && command.program() != "pip"
        {
            return found("pytest", command.place.clone());
        }
        let at = command
            .words
            .iter()
            .position(|word| word.ends_with("manage.py"));
        if at
            .and_then(|at| command.words.get(at + 1))
            .is_some_and(|word| word == "test")
        {
            return found("django", command.place.clone());
        }
    }
    for folder in [root, "".into()] {
        for (name, needle) in [
            ("pytest.ini", "pytest"),
            ("pyproject.toml", "[tool.pytest"),
            ("setup.cfg", "[tool:pytest]"),
            ("tox.ini", "[pytest]"),
        ] {
            if let Some(place) = repository.find(&folder.join(name), needle) {
                return found("pytest", place);
            }
        }
    }
    for command in &survey.development {
        if command.program() == "tox" {
            return found("tox", command.place.clone());
        }
        if command.program() == "unittest" {
            return found("unittest", command.place.clone());
        }
    }
    if let Some(conftest) = repository
        .below(root)
        .find(|file| name_of(file) == "conftest.py")
    {
        return found("pytest", Place::new(conftest, 1));
    }
    let _ = installation;
    let unit = repository.below(root).find_map(|file| {
        let name = name_of(file);
        let is_test = name.starts_with("test") && name.ends_with(".py");
        is_test
            .then(|| {
                repository
                    .find(file, "(TestCase)")
                    .or_else(|| repository.find(file, "unittest.TestCase"))
            })
            .flatten()
    })?;
    let text = repository.text(unit.path()).unwrap_or_default();
    let runner = if text.contains("django.test") || text.contains("rest_framework.test") {
        "django"
    } else {
        "unittest"
    };
    found(runner, unit)
}

/// Tracked files of environment variables with a value for a credential, and its place.
pub(crate) fn committed_environment(repository: &Repository<'_>, root: &Utf8Path) -> Vec<Place> {
    let mut found = Vec::new();
    for file in repository.files() {
        let folder = folder_of(file);
        let is_near = folder == root || folder.as_str().is_empty();
        if !is_near || !is_environment_file(name_of(file)) {
            continue;
        }
        let Some(text) = repository.text(file) else {
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            let line = line.trim().trim_start_matches("export ");
            if line.starts_with('#') {
                continue;
            }
            if let Some((name, value)) = line.split_once('=')
                && crate::secret::is_secret(name.trim())
                && !value.trim().trim_matches(['"', '\'']).is_empty()
            {
                found.push(crate::repository::at_line(file, number));
                break;
            }
        }
    }
    found
}

fn is_environment_file(name: &str) -> bool {
    name == ".env" || name == ".env.production" || name == ".env.prod"
}
