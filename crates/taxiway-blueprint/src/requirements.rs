//! `requirements.taxiway.txt`: what the build on the site installs.
//!
//! The project's own production requirements, from all files that have some, and what the platform needs besides. Where the project has a lock or only a
//! `pyproject.toml`, which pip on the site can't install from, the requirements are written out.

mod beside;

use camino::Utf8Path;
use taxiway_app::{Distribution, Manager, Service, export_lock};
use taxiway_diagnostics::Sources;
use taxiway_platform::{Platform, Server, StaticServing};

use crate::{GeneratedFile, overlay, relative};

pub(crate) const FILE_NAME: &str = "requirements.taxiway.txt";

pub(crate) fn file(sources: &dyn Sources, service: &Service, platform: &Platform) -> GeneratedFile {
    let mut lines = vec![
        "# What production installs: the project's own requirements, and what the platform needs besides.".to_owned(),
        String::new(),
    ];
    lines.extend(own(sources, service));
    let additions = additions(service, platform);
    if !additions.is_empty() {
        lines.push(String::new());
        lines.extend(
            additions
                .into_iter()
                .map(|(requirement, why)| format!("# {why}\n{requirement}")),
        );
    }
    lines.push(String::new());
    GeneratedFile::new(relative::join(&service.root, FILE_NAME), lines.join("\n"))
}

pub(crate) fn own(sources: &dyn Sources, service: &Service) -> Vec<String> {
    let dependencies = &service.dependencies;
    let is_locked = !matches!(
        dependencies.manager,
        None | Some(Manager::Pip | Manager::Conda)
    );
    if is_locked && let Some(lock) = export_lock(sources, service) {
        let from = dependencies
            .lockfile
            .as_ref()
            .map_or("the lock", |path| path.as_str());
        return vec![format!("# From {from}."), lock.trim_end().to_owned()];
    }
    let manifest = dependencies
        .manifests
        .first()
        .filter(|manifest| beside::is_requirements(manifest));
    if let Some(manifest) = manifest {
        let path = relative::below(manifest, &service.root);
        let text = sources.read_text(manifest).unwrap_or_default();
        let mut lines = if text.contains("--hash=") {
            vec![
                format!(
                    "# From {path}, without its hashes: with one, pip wants them for what is added below as well."
                ),
                without_hashes(&text, &path),
            ]
        } else {
            vec![format!("-r {path}")]
        };
        lines.extend(beside::beside(sources, service, manifest));
        return lines;
    }
    let from = dependencies
        .manifests
        .first()
        .map_or("the project", |path| path.as_str());
    let mut lines = vec![format!("# From {from}.")];
    lines.extend(dependencies.distributions.iter().map(requirement));
    lines
}

/// The requirements of a file without `--hash` options; other files that it names are named from the root.
fn without_hashes(text: &str, path: &Utf8Path) -> String {
    let folder = path.parent().unwrap_or(Utf8Path::new(""));
    let joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
    let lines = joined.lines().map(|line| {
        let words: Vec<&str> = line
            .split_whitespace()
            .filter(|word| !word.starts_with("--hash="))
            .collect();
        match words.as_slice() {
            [
                option @ ("-r" | "-c" | "--requirement" | "--constraint"),
                file,
            ] => {
                format!("{option} {}", folder.join(file))
            }
            words => words.join(" "),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A requirement as pip reads it. Source: PEP 508.
fn requirement(distribution: &Distribution) -> String {
    let extras = if distribution.extras.is_empty() {
        String::new()
    } else {
        format!("[{}]", distribution.extras.join(","))
    };
    let version = match (&distribution.url, &distribution.version) {
        (Some(url), _) => format!(" @ {url}"),
        (None, Some(version)) => format!("=={version}"),
        (None, None) => specifier(&distribution.specifier),
    };
    let marker = match &distribution.marker {
        Some(marker) => format!(" ; {marker}"),
        None => String::new(),
    };
    format!("{}{extras}{version}{marker}", distribution.name)
}

/// A specifier of PEP 440 as it is; one of Poetry or Pipenv in those terms. Source: Poetry, dependency specification.
fn specifier(written: &str) -> String {
    let clauses = written
        .split(',')
        .map(str::trim)
        .filter(|clause| !clause.is_empty() && *clause != "*");
    clauses.map(clause).collect::<Vec<_>>().join(",")
}

fn clause(clause: &str) -> String {
    let (bound, digits_kept) = if let Some(bound) = clause.strip_prefix('^') {
        // Up to the first number that is not zero may not change.
        let kept = bound.split('.').take_while(|number| *number == "0").count() + 1;
        (bound, kept)
    } else if let Some(bound) = clause
        .strip_prefix('~')
        .filter(|bound| !bound.starts_with('='))
    {
        (bound, bound.split('.').count().min(2))
    } else if clause.starts_with(|first: char| first.is_ascii_digit()) {
        return format!("=={clause}");
    } else {
        return clause.to_owned();
    };
    let mut numbers: Vec<u64> = bound
        .split('.')
        .map_while(|number| number.parse().ok())
        .collect();
    numbers.truncate(digits_kept);
    match numbers.last_mut() {
        Some(last) => {
            *last += 1;
            let limit: Vec<String> = numbers.iter().map(u64::to_string).collect();
            format!(">={bound},<{}", limit.join("."))
        }
        None => format!(">={bound}"),
    }
}

/// What the platform needs and the project does not install, with the reason.
fn additions(service: &Service, platform: &Platform) -> Vec<(&'static str, &'static str)> {
    let django = platform.service.django.as_deref().unwrap_or_default();
    let version: Vec<u32> = django
        .split('.')
        .map_while(|part| part.parse().ok())
        .collect();
    let is_before = |limit: [u32; 2]| !version.is_empty() && version.as_slice() < limit.as_slice();
    let installs_any = |names: &[&str]| names.iter().any(|name| service.installs(name));
    let mut additions = Vec::new();
    if !service.installs("gunicorn") {
        additions.push(("gunicorn>=23", "The server."));
    }
    if needs_pkg_resources(service, is_before([4, 2])) {
        additions.push((
            "setuptools<81",
            "Has pkg_resources, which older packages import.",
        ));
    }
    if platform.service.server == Server::Uvicorn {
        if !service.installs("uvicorn-worker") {
            additions.push(("uvicorn-worker>=0.3", "The server's ASGI workers."));
        }
        if !service.installs("uvicorn") {
            additions.push(("uvicorn>=0.30", "What they run."));
        }
    }
    if platform.service.static_files == StaticServing::Overlay && !service.installs("whitenoise") {
        additions.push((
            if is_before([4, 2]) {
                "whitenoise>=5.3,<6.8"
            } else {
                "whitenoise>=6.7"
            },
            "Serves the static files.",
        ));
    }
    if overlay::keeps_media(service, platform) {
        if !service.installs("django-storages") {
            additions.push((
                "django-storages[azure]>=1.14",
                "Keeps uploads in the storage account.",
            ));
        }
        if !service.installs("azure-identity") {
            additions.push(("azure-identity>=1.19", "Signs in to it."));
        }
    }
    if platform.service.has_database
        && !installs_any(&["psycopg", "psycopg2", "psycopg2-binary", "psycopg-binary"])
    {
        additions.push((
            if is_before([4, 2]) {
                "psycopg2-binary>=2.9"
            } else {
                "psycopg[binary]>=3.1.8"
            },
            "Speaks to PostgreSQL.",
        ));
    }
    additions
}

/// Whether packages of a time when every environment had `pkg_resources` are installed into one that may not: virtual
/// environments come without setuptools from Python 3.12 on, and setuptools without it from 82 on. Sources: What's new in Python
/// 3.12, "ensurepip"; setuptools, history; gunicorn, changelog of 21.0.
fn needs_pkg_resources(service: &Service, is_old_django: bool) -> bool {
    let is_old_server = service
        .distribution("gunicorn")
        .and_then(|gunicorn| gunicorn.version.as_deref())
        .and_then(|version| version.split('.').next()?.parse::<u32>().ok())
        .is_some_and(|major| major < 21);
    (is_old_django || is_old_server) && !service.installs("setuptools")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_packages_find_pkg_resources() {
        for (requirements, is_old_django, expected) in [
            ("gunicorn==20.1.0", false, true),
            ("gunicorn==23.0.0", false, false),
            ("gunicorn==23.0.0", true, true),
            ("gunicorn==20.1.0 setuptools==65.5.1", true, false),
            ("", false, false),
        ] {
            let mut service = Service::default();
            for requirement in requirements.split_whitespace() {
                let (name, version) = requirement.split_once("==").unwrap();
                service.dependencies.distributions.push(Distribution {
                    name: name.to_owned(),
                    version: Some(version.to_owned()),
                    specifier: String::new(),
                    extras: Vec::new(),
                    marker: None,
                    url: None,
                    place: taxiway_diagnostics::Place::new("requirements.txt", 1),
                });
            }
            assert_eq!(
                needs_pkg_resources(&service, is_old_django),
                expected,
                "{requirements}"
            );
        }
    }

    #[test]
    fn specifiers_of_other_tools_become_pips() {
        for (written, expected) in [
            ("", ""),
            ("*", ""),
            (">=5.2,<5.3", ">=5.2,<5.3"),
            ("^5.0", ">=5.0,<6"),
            ("^0.3.1", ">=0.3.1,<0.4"),
            ("~4.2.1", ">=4.2.1,<4.3"),
            ("~4", ">=4,<5"),
            ("~=4.2", "~=4.2"),
            ("5.2.1", "==5.2.1"),
        ] {
            assert_eq!(specifier(written), expected, "{written}");
        }
    }

    #[test]
    fn hashes_are_left_out_and_nothing_else() {
        let text = "# by pip-compile\ndjango==5.2.8 ; python_version >= \"3.11\" \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n-r base.txt\n";
        assert_eq!(
            without_hashes(text, "requirements/production.txt".into()),
            "# by pip-compile\ndjango==5.2.8 ; python_version >= \"3.11\"\n-r requirements/base.txt"
        );
    }
}
