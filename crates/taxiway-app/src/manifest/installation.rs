//! How production installs what a service needs.

use camino::{Utf8Path, Utf8PathBuf};

use super::image_commands::{from_image, image_only};
use super::pyproject::Pyproject;
use super::{is_for_development, lockfile, pipfile, requirements, setup};
use crate::document::{Distribution, Manager};
use crate::evidence::Survey;
use crate::repository::Repository;
use taxiway_diagnostics::Place;

/// How production installs a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Installation {
    pub(crate) manager: Option<Manager>,
    pub(crate) manifests: Vec<Utf8PathBuf>,
    pub(crate) lockfile: Option<Utf8PathBuf>,
    pub(crate) groups: Vec<String>,
    pub(crate) distributions: Vec<Distribution>,
    pub(crate) places: Vec<Place>,
    /// Whether `setup.py` or `setup.cfg` is what is installed.
    pub(crate) uses_setup: bool,
    /// Distributions that the production image installs by name, though no manifest has them.
    pub(crate) image_only: Vec<String>,
}

impl Installation {
    pub(crate) fn installs(&self, name: &str) -> bool {
        self.distributions
            .iter()
            .any(|distribution| distribution.name == name)
    }
}

/// Whether a folder holds a file that says what to install.
pub(crate) fn has_manifest(repository: &Repository<'_>, folder: &Utf8Path) -> bool {
    [
        "Pipfile",
        "setup.py",
        "setup.cfg",
        "environment.yml",
        "environment.yaml",
        "uv.lock",
        "poetry.lock",
        "pdm.lock",
        "pylock.toml",
    ]
    .iter()
    .any(|name| {
        repository.is_file(&folder.join(name))
            && (!name.starts_with("setup") || is_setup(repository, folder))
    }) || !requirements_files(repository, folder).is_empty()
        || Pyproject::read(repository, &folder.join("pyproject.toml"))
            .is_some_and(|file| file.has_dependencies())
}

fn is_setup(repository: &Repository<'_>, folder: &Utf8Path) -> bool {
    let has_requirements =
        |setup: Option<setup::Setup>| setup.is_some_and(|setup| !setup.distributions.is_empty());
    has_requirements(setup::read_config(repository, &folder.join("setup.cfg")))
        || has_requirements(setup::read_script(repository, &folder.join("setup.py")))
}

/// The requirements files of a folder, the most likely production one first.
pub(crate) fn requirements_files(
    repository: &Repository<'_>,
    folder: &Utf8Path,
) -> Vec<Utf8PathBuf> {
    let is_requirements = |path: &Utf8Path| {
        let name = path.file_name().unwrap_or_default().to_lowercase();
        let is_text = name.ends_with(".txt") || name.ends_with(".pip");
        let in_folder = path.parent() != Some(folder);
        is_text
            && (in_folder
                || name.starts_with("requirement")
                || name.starts_with("reqs")
                || name.ends_with("requirements.txt")
                || name.starts_with("req"))
    };
    let mut found: Vec<Utf8PathBuf> = repository
        .directly_in(folder)
        .chain(
            ["requirements", "reqs", "requirement"]
                .iter()
                .flat_map(|name| repository.directly_in(&folder.join(name))),
        )
        .filter(|path| is_requirements(path))
        .map(Utf8Path::to_owned)
        .collect();
    if found.is_empty() {
        found.extend(requirements_by_interpreter(repository, folder));
    }
    found.sort_by_key(|path| requirements_rank(path, folder));
    found
}

/// What a folder like `requirements/python3/` holds, where there are no requirements above it.
fn requirements_by_interpreter(repository: &Repository<'_>, folder: &Utf8Path) -> Vec<Utf8PathBuf> {
    let above = folder.join("requirements");
    let is_one = |path: &&Utf8Path| {
        let inner = path.parent().unwrap_or("".into());
        let is_below = inner.parent() == Some(&above);
        is_below
            && inner.file_name().is_some_and(|name| name.starts_with("py"))
            && path.extension() == Some("txt")
    };
    let files = repository.below(&above).filter(is_one);
    files.map(Utf8Path::to_owned).collect()
}

fn requirements_rank(path: &Utf8Path, folder: &Utf8Path) -> (u8, Utf8PathBuf) {
    let name = path.file_stem().unwrap_or_default().to_lowercase();
    let is_production = [
        "prod", "deploy", "live", "heroku", "server", "azure", "docker",
    ]
    .iter()
    .any(|part| name.contains(part));
    let is_top = path.parent() == Some(folder);
    let rank = if is_top && name == "requirements" {
        0
    } else if is_for_development(&name) || name.contains("constraint") {
        9
    } else if is_production {
        1
    } else if matches!(name.as_str(), "requirements" | "main" | "app" | "web") {
        2
    } else if matches!(name.as_str(), "base" | "common" | "core" | "default")
        || name.contains("base")
    {
        3
    } else {
        5
    };
    (rank, path.to_owned())
}

/// How production installs the service at `root`.
pub(crate) fn read(repository: &Repository<'_>, root: &Utf8Path, survey: &Survey) -> Installation {
    let mut installation = from_image(repository, root, survey)
        .or_else(|| from_files(repository, root))
        .unwrap_or_default();
    if let Some(lock) = &installation.lockfile {
        let versions = lockfile::versions(repository, lock);
        for distribution in &mut installation.distributions {
            if let Some(version) = versions.get(&distribution.name) {
                distribution.version = Some(version.clone());
            }
        }
    }
    installation.image_only = image_only(survey, &installation);
    installation
}

pub(super) fn add_requirements(
    repository: &Repository<'_>,
    path: &Utf8Path,
    found: &mut Installation,
) {
    let read = requirements::read(repository, path);
    let mut files = read.files;
    // A file that points to several others is the one to install.
    if files.is_empty() || read.includes > 1 && !files.iter().any(|file| file == path) {
        files.insert(0, path.to_owned());
    }
    // The file that is installed comes first, whether it holds requirements or only points to others.
    if let Some(at) = files.iter().position(|file| file == path) {
        files.swap(0, at);
    }
    for file in files {
        if !found.manifests.contains(&file) {
            found.manifests.push(file);
        }
    }
    for distribution in read.distributions {
        if !found.distributions.contains(&distribution) {
            found.distributions.push(distribution);
        }
    }
    if read.installs_project {
        let folder = path.parent().unwrap_or("".into()).to_owned();
        add_project(repository, &folder, &[], found);
    }
}

/// A lock that pip installs from: what it holds is what is installed. Source: PEP 751.
pub(super) fn add_pylock(repository: &Repository<'_>, path: &Utf8Path, found: &mut Installation) {
    for package in repository.packages(path).iter().cloned() {
        let line = repository.find(path, &format!("\"{}\"", package.name));
        found.distributions.push(Distribution {
            name: package.name,
            version: package.version,
            specifier: String::new(),
            extras: Vec::new(),
            marker: package.marker,
            url: package.address,
            place: line.unwrap_or_else(|| Place::new(path, 1)),
        });
    }
    found.lockfile = Some(path.to_owned());
    found.manifests.push(path.to_owned());
}

pub(super) fn is_pylock(path: &Utf8Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.starts_with("pylock") && name.ends_with(".toml"))
}

pub(super) fn add_project(
    repository: &Repository<'_>,
    root: &Utf8Path,
    extras: &[String],
    found: &mut Installation,
) {
    let path = root.join("pyproject.toml");
    if let Some(pyproject) = Pyproject::read(repository, &path).filter(Pyproject::has_dependencies)
    {
        found.distributions.extend(pyproject.distributions(extras));
        found.manifests.push(path);
        found.manifests.extend(pyproject.dynamic_files);
        return;
    }
    for (name, setup) in [
        (
            "setup.cfg",
            setup::read_config(repository, &root.join("setup.cfg")),
        ),
        (
            "setup.py",
            setup::read_script(repository, &root.join("setup.py")),
        ),
    ] {
        if let Some(setup) = setup.filter(|setup| !setup.distributions.is_empty()) {
            found.distributions.extend(setup.distributions);
            found.manifests.push(root.join(name));
            found.uses_setup = true;
            return;
        }
    }
}

pub(super) fn pyproject_near(repository: &Repository<'_>, root: &Utf8Path) -> Option<Pyproject> {
    let mut folder = Some(root);
    while let Some(path) = folder {
        if let Some(file) = Pyproject::read(repository, &path.join("pyproject.toml"))
            .filter(Pyproject::has_dependencies)
        {
            return Some(file);
        }
        folder = path.parent();
    }
    None
}

pub(super) fn lock_near(
    repository: &Repository<'_>,
    root: &Utf8Path,
    name: &str,
) -> Option<Utf8PathBuf> {
    let mut folder = Some(root);
    while let Some(path) = folder {
        let lock = path.join(name);
        if repository.is_file(&lock) {
            return Some(lock);
        }
        folder = path.parent();
    }
    None
}

pub(super) fn from_pyproject(
    pyproject: &Pyproject,
    manager: Manager,
    lockfile: Option<Utf8PathBuf>,
    groups: Vec<String>,
    place: Place,
) -> Installation {
    Installation {
        manager: Some(manager),
        manifests: std::iter::once(pyproject.path.clone())
            .chain(pyproject.dynamic_files.clone())
            .collect(),
        lockfile,
        distributions: pyproject.distributions(&groups),
        groups,
        places: vec![place],
        ..Installation::default()
    }
}

pub(super) fn from_pipfile(
    repository: &Repository<'_>,
    root: &Utf8Path,
    place: Place,
) -> Option<Installation> {
    let path = root.join("Pipfile");
    let file = pipfile::read(repository, &path)?;
    let lock = root.join("Pipfile.lock");
    Some(Installation {
        manager: Some(Manager::Pipenv),
        manifests: vec![path],
        lockfile: repository.is_file(&lock).then_some(lock),
        distributions: file.distributions,
        places: vec![place],
        ..Installation::default()
    })
}

/// What the manifests themselves say.
fn from_files(repository: &Repository<'_>, root: &Utf8Path) -> Option<Installation> {
    let pyproject = Pyproject::read(repository, &root.join("pyproject.toml"))
        .filter(Pyproject::has_dependencies);
    let requirements = requirements_files(repository, root);
    let start = |path: &Utf8Path| Place::new(path, 1);
    let managed = pyproject
        .as_ref()
        .and_then(|pyproject| from_managed(repository, root, pyproject, requirements.is_empty()));
    if managed.is_some() {
        return managed;
    }
    if repository.is_file(&root.join("Pipfile"))
        && (repository.is_file(&root.join("Pipfile.lock")) || requirements.is_empty())
    {
        return from_pipfile(repository, root, start(&root.join("Pipfile")));
    }
    let production: Vec<&Utf8PathBuf> = requirements
        .iter()
        .filter(|path| requirements_rank(path, root).0 < 9)
        .collect();
    if let Some(first) = production.first() {
        let mut found = Installation {
            manager: Some(Manager::Pip),
            places: vec![start(first)],
            ..Installation::default()
        };
        add_requirements(repository, first, &mut found);
        if let Some(pyproject) = &pyproject {
            let own = pyproject.distributions(&[]);
            let is_apart = own.len() > 1
                && !own
                    .iter()
                    .any(|distribution| found.installs(&distribution.name));
            // A requirements file beside the project's own requirements, with nothing in common: both are installed.
            if is_apart {
                found.manifests.push(pyproject.path.clone());
                found.distributions.extend(own);
            }
        }
        if !found.distributions.is_empty() || pyproject.is_none() {
            return Some(found);
        }
    }
    if let Some(pyproject) = pyproject {
        let manager = if pyproject.get("tool.uv").is_some() {
            Manager::Uv
        } else {
            Manager::Pip
        };
        let has_main = pyproject.get("project.dependencies").is_some();
        let groups = if has_main {
            Vec::new()
        } else {
            pyproject.production_groups()
        };
        let place = start(&pyproject.path);
        return Some(from_pyproject(&pyproject, manager, None, groups, place));
    }
    let pylock = root.join("pylock.toml");
    if repository.is_file(&pylock) {
        let mut found = Installation {
            manager: Some(Manager::Pip),
            places: vec![start(&pylock)],
            ..Installation::default()
        };
        add_pylock(repository, &pylock, &mut found);
        return Some(found);
    }
    for name in ["environment.yml", "environment.yaml"] {
        let path = root.join(name);
        if let Some(found) = from_conda(repository, &path) {
            return Some(found);
        }
    }
    let mut found = Installation {
        manager: Some(Manager::Pip),
        ..Installation::default()
    };
    add_project(repository, root, &[], &mut found);
    if found.manifests.is_empty()
        && let Some(first) = requirements.first()
    {
        add_requirements(repository, first, &mut found);
    }
    found.places = found
        .manifests
        .first()
        .map(|path| start(path))
        .into_iter()
        .collect();
    (!found.manifests.is_empty()).then_some(found)
}

/// A project whose lock or tables name the program that manages it.
fn from_managed(
    repository: &Repository<'_>,
    root: &Utf8Path,
    pyproject: &Pyproject,
    is_alone: bool,
) -> Option<Installation> {
    let choices = [
        ("uv.lock", Manager::Uv),
        ("poetry.lock", Manager::Poetry),
        ("pdm.lock", Manager::Pdm),
        ("pylock.toml", Manager::Pip),
    ];
    for (name, manager) in choices {
        if let Some(path) = lock_near(repository, root, name) {
            let place = Place::new(&path, 1);
            let lock = Some(path);
            return Some(from_pyproject(pyproject, manager, lock, Vec::new(), place));
        }
    }
    let manager = if pyproject.get("tool.poetry.dependencies").is_some() {
        Manager::Poetry
    } else if pyproject.get("tool.pdm").is_some() && is_alone {
        Manager::Pdm
    } else {
        return None;
    };
    let place = Place::new(&pyproject.path, 1);
    Some(from_pyproject(pyproject, manager, None, Vec::new(), place))
}

fn from_conda(repository: &Repository<'_>, path: &Utf8Path) -> Option<Installation> {
    let text = repository.text(path)?;
    let node = crate::evidence::yaml::parse(text)?;
    let mut distributions = Vec::new();
    let listed = node.get("dependencies")?;
    let nested = listed
        .items()
        .iter()
        .filter_map(|item| item.get("pip"))
        .flat_map(|pip| pip.items());
    for item in listed.items().iter().chain(nested) {
        if let Some(text) = item.text() {
            let text = text.rsplit("::").next().unwrap_or(text);
            let text = if text.contains("==") {
                text.to_owned()
            } else {
                text.replacen('=', "==", 1)
            };
            distributions.extend(crate::requirement::parse(
                &text,
                crate::repository::at_line(path, item.key_line),
            ));
        }
    }
    distributions.retain(|distribution| !matches!(distribution.name.as_str(), "python" | "pip"));
    Some(Installation {
        manager: Some(Manager::Conda),
        manifests: vec![path.to_owned()],
        distributions,
        places: vec![Place::new(path, 1)],
        ..Installation::default()
    })
}
