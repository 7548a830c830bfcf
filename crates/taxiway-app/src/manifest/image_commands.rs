//! What the production image's own commands install.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Place;

use super::installation::{
    Installation, add_project, add_pylock, add_requirements, from_pipfile, from_pyproject,
    is_pylock, lock_near, pyproject_near,
};
use super::is_for_development;
use super::pyproject::Pyproject;
use crate::document::Manager;
use crate::evidence::{Command, Survey};
use crate::repository::{Repository, join};
use crate::requirement::normalized_name;

/// What the production image's own commands say.
pub(super) fn from_image(
    repository: &Repository<'_>,
    root: &Utf8Path,
    survey: &Survey,
) -> Option<Installation> {
    let mut best: Option<Installation> = None;
    for command in &survey.build_commands {
        let Some(found) = from_command(repository, root, survey, command) else {
            continue;
        };
        let is_better = best
            .as_ref()
            .is_none_or(|best| best.distributions.len() < found.distributions.len());
        if is_better {
            best = Some(found);
        }
    }
    best
}

pub(super) fn from_command(
    repository: &Repository<'_>,
    root: &Utf8Path,
    survey: &Survey,
    command: &Command,
) -> Option<Installation> {
    let mut words: Vec<&str> = command.words.iter().map(String::as_str).collect();
    // `pip --no-cache-dir install …`
    if matches!(words.first(), Some(&("pip" | "pip3" | "uv"))) {
        while words.get(1).is_some_and(|word| word.starts_with('-')) {
            words.remove(1);
        }
    }
    let place = command.place.clone();
    let groups = |pyproject: &Pyproject, options: &[&str]| -> Vec<String> {
        let mut groups = Vec::new();
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            for option in options {
                let value = if word == option {
                    rest.next().copied()
                } else {
                    word.strip_prefix(option)
                        .and_then(|rest| rest.strip_prefix('='))
                };
                for name in value.into_iter().flat_map(|value| value.split(',')) {
                    let name = name.rsplit(':').next().unwrap_or(name);
                    if !is_for_development(name) && !groups.iter().any(|known| known == name) {
                        groups.push(name.to_owned());
                    }
                }
            }
        }
        if words.contains(&"--all-extras") {
            groups.extend(
                pyproject
                    .extras()
                    .into_iter()
                    .filter(|name| !is_for_development(name)),
            );
        }
        if words.contains(&"--all-groups") {
            groups.extend(pyproject.production_groups());
        }
        groups
    };
    match (words.first().copied()?, words.get(1).copied().unwrap_or("")) {
        ("uv", "sync" | "export") => {
            let pyproject = pyproject_near(repository, root)?;
            let groups = groups(&pyproject, &["--group", "--extra", "--only-group"]);
            let lockfile = lock_near(repository, root, "uv.lock");
            (lockfile.is_some() || words[1] == "sync")
                .then(|| from_pyproject(&pyproject, Manager::Uv, lockfile, groups, place))
        }
        ("poetry", "install" | "sync" | "export") => {
            let pyproject = pyproject_near(repository, root)?;
            let groups = groups(&pyproject, &["--with", "--extras", "-E", "--only"]);
            let lockfile = lock_near(repository, root, "poetry.lock");
            Some(from_pyproject(
                &pyproject,
                Manager::Poetry,
                lockfile,
                groups,
                place,
            ))
        }
        ("pdm", "install" | "sync" | "export") => {
            let pyproject = pyproject_near(repository, root)?;
            let groups = groups(&pyproject, &["--group", "-G"]);
            let lockfile = lock_near(repository, root, "pdm.lock");
            Some(from_pyproject(
                &pyproject,
                Manager::Pdm,
                lockfile,
                groups,
                place,
            ))
        }
        ("pipenv", "install" | "sync" | "requirements" | "lock") => {
            from_pipfile(repository, root, place)
        }
        ("pip" | "pip3", "install" | "wheel") => {
            from_pip(repository, root, survey, &words[2..], place)
        }
        // A script around pip.
        ("pip-install" | "pip-sync", _) => from_pip(repository, root, survey, &words[1..], place),
        ("uv", "pip") => from_pip(repository, root, survey, words.get(3..)?, place),
        _ => None,
    }
}

pub(super) fn from_pip(
    repository: &Repository<'_>,
    root: &Utf8Path,
    survey: &Survey,
    words: &[&str],
    place: Place,
) -> Option<Installation> {
    let mut found = Installation {
        manager: Some(Manager::Pip),
        places: vec![place.clone()],
        ..Installation::default()
    };
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let file = match *word {
            "-r" | "--requirement" => rest.next().copied(),
            word => word
                .strip_prefix("-r")
                .or_else(|| word.strip_prefix("--requirement="))
                .map(|file| file.trim_start_matches('=')),
        };
        if let Some(file) = file {
            let path = find_requirements(repository, root, survey, file)?;
            if is_for_development(path.file_stem().unwrap_or_default()) {
                continue;
            }
            if is_pylock(&path) {
                add_pylock(repository, &path, &mut found);
            } else {
                add_requirements(repository, &path, &mut found);
            }
            continue;
        }
        let group = match *word {
            "--group" => rest.next().copied(),
            word => word.strip_prefix("--group="),
        };
        if let Some(group) = group {
            if !is_for_development(group) {
                found
                    .groups
                    .push(group.rsplit(':').next().unwrap_or(group).to_owned());
            }
            continue;
        }
        let target = word.trim_matches(['"', '\'']);
        let is_project = target == "."
            || target == "./"
            || target.starts_with(".[")
            || target == "/app"
            || target == "/app/"
            // The project's own distribution, built before.
            || (target.contains('*') && target.ends_with(".whl"));
        if is_project {
            let extras: Vec<String> = target
                .split_once('[')
                .map(|(_, extras)| {
                    extras
                        .trim_end_matches(']')
                        .split(',')
                        .map(str::to_owned)
                        .collect()
                })
                .unwrap_or_default();
            add_project(repository, root, &extras, &mut found);
        }
    }
    if !found.groups.is_empty() {
        let pyproject = pyproject_near(repository, root)?;
        let mut listed = Vec::new();
        for group in &found.groups {
            let own = pyproject.distributions(std::slice::from_ref(group));
            listed.extend(own);
        }
        found.distributions.extend(listed);
        if !found.manifests.contains(&pyproject.path) {
            found.manifests.push(pyproject.path);
        }
    }
    (!found.manifests.is_empty()).then_some(found)
}

/// The file of the repository that a path inside of the image means.
pub(super) fn find_requirements(
    repository: &Repository<'_>,
    root: &Utf8Path,
    survey: &Survey,
    written: &str,
) -> Option<Utf8PathBuf> {
    let written = written.trim_matches(['"', '\'']);
    let folders: Vec<Utf8PathBuf> = std::iter::once(root.to_owned())
        .chain(
            survey
                .dockerfiles
                .first()
                .and_then(|file| file.path.parent().map(Utf8Path::to_owned)),
        )
        .chain(std::iter::once(Utf8PathBuf::new()))
        .collect();
    let mut tail = written.trim_start_matches('/').trim_start_matches("./");
    loop {
        for folder in &folders {
            if let Some(path) = join(folder, tail)
                && repository.is_file(&path)
            {
                return Some(path);
            }
        }
        match tail.split_once('/') {
            Some((_, rest)) => tail = rest,
            None => break,
        }
    }
    // Copied under another name, such as `/tmp/requirements.txt`.
    let name = Utf8Path::new(written).file_name()?;
    let mut named = repository
        .below(root)
        .filter(|file| file.file_name() == Some(name) && !crate::evidence::role::is_vendored(file));
    let first = named.next()?.to_owned();
    Some(first)
}

/// What the image installs by name.
pub(super) fn image_only(survey: &Survey, installation: &Installation) -> Vec<String> {
    let mut found = Vec::new();
    for command in &survey.build_commands {
        let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
        let rest = match &*words {
            ["pip" | "pip3", "install", rest @ ..] | ["uv", "pip", "install", rest @ ..] => rest,
            _ => continue,
        };
        for word in rest {
            let word = word.trim_matches(['"', '\'']);
            if word.starts_with(['-', '.', '/', '$'])
                || word.contains('/')
                || word.ends_with(".txt")
            {
                continue;
            }
            let name = normalized_name(
                word.split(['=', '<', '>', '[', '~', '!'])
                    .next()
                    .unwrap_or(word),
            );
            let is_tool = matches!(
                name.as_str(),
                "pip" | "setuptools" | "wheel" | "poetry" | "uv" | "pipenv" | "pdm"
            );
            if !is_tool
                && !installation.installs(&name)
                && !found.contains(&name)
                && !name.is_empty()
            {
                found.push(name);
            }
        }
    }
    found
}
