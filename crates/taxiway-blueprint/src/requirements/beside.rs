//! What production installs besides the requirements file that comes first: further requirements files, and the project's own
//! requirements where no file of requirements installs the project itself.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_app::Service;
use taxiway_diagnostics::Sources;

use super::requirement;
use crate::relative;

/// Lines for all manifests that installing `first` leaves out.
pub(super) fn beside(sources: &dyn Sources, service: &Service, first: &Utf8Path) -> Vec<String> {
    let mut installed = Installed::default();
    installed.follow(sources, first);
    let mut lines = Vec::new();
    for manifest in &service.dependencies.manifests {
        if installed.has(manifest) {
            continue;
        }
        if is_requirements(manifest) {
            installed.follow(sources, manifest);
            let path = relative::below(manifest, &service.root);
            lines.push(format!("-r {path}"));
            continue;
        }
        let own = service.dependencies.distributions.iter().filter(|it| {
            let is_known = |other: &Utf8Path| installed.files.contains(other);
            let names = &service.dependencies.distributions;
            let is_named = names
                .iter()
                .any(|other| other.name == it.name && is_known(other.place.path()));
            it.place.path() == manifest && !is_named
        });
        let own: Vec<String> = own.map(requirement).collect();
        if !own.is_empty() {
            lines.push(format!("# From {manifest}."));
            lines.extend(own);
        }
    }
    lines
}

pub(super) fn is_requirements(manifest: &Utf8Path) -> bool {
    matches!(manifest.extension(), Some("txt" | "in" | "pip"))
}

/// What requirements files bring along.
#[derive(Default)]
struct Installed {
    files: BTreeSet<Utf8PathBuf>,
    /// The folders of projects that they install.
    projects: BTreeSet<Utf8PathBuf>,
}

impl Installed {
    /// Reads a requirements file and those that it includes. Source: pip documentation, "Requirements File Format".
    fn follow(&mut self, sources: &dyn Sources, file: &Utf8Path) {
        if !self.files.insert(file.to_owned()) {
            return;
        }
        let folder = file.parent().unwrap_or("".into());
        let text = sources.read_text(file).unwrap_or_default();
        for line in text.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["-r" | "--requirement", path, ..] => self.follow(sources, &resolved(folder, path)),
                ["-e" | "--editable", path, ..] => {
                    self.projects.insert(project(folder, path));
                }
                [path, ..] if path.starts_with('.') => {
                    self.projects.insert(project(folder, path));
                }
                [word, ..] => {
                    let path = word
                        .strip_prefix("--requirement=")
                        .or_else(|| word.strip_prefix("-r").filter(|it| !it.is_empty()));
                    if let Some(path) = path {
                        self.follow(sources, &resolved(folder, path.trim_start_matches('=')));
                    }
                }
                [] => {}
            }
        }
    }

    fn has(&self, manifest: &Utf8Path) -> bool {
        let folder = manifest.parent().unwrap_or("".into());
        self.files.contains(manifest) || self.projects.contains(folder)
    }
}

fn project(folder: &Utf8Path, written: &str) -> Utf8PathBuf {
    let path = written.split(['[', ';']).next().unwrap_or(written);
    resolved(folder, path)
}

/// `path` as seen from `folder`, without `.` and `..`.
fn resolved(folder: &Utf8Path, path: &str) -> Utf8PathBuf {
    let mut found = folder.to_owned();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                found.pop();
            }
            part => found.push(part),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use taxiway_app::Service;
    use taxiway_diagnostics::MemorySources;

    use super::super::own;

    fn installed(requirements: &str) -> String {
        let mut sources = MemorySources::new();
        sources.insert("src/requirements.txt", requirements);
        sources.insert("src/base.txt", "-e .\n");
        let place = |file: &str| format!("src/{file}:1");
        let service: Service = serde_json::from_value(serde_json::json!({
            "name": "web", "root": "src", "app_dir": "src", "python": {},
            "dependencies": {
                "manager": "pip",
                "manifests": ["src/requirements.txt", "src/pyproject.toml", "src/more.txt"],
                "distributions": [
                    {"name": "gunicorn", "version": "22.0.0", "specifier": "==22.0.0", "place": place("requirements.txt")},
                    {"name": "fastapi", "extras": ["all"], "specifier": ">=0.110", "place": place("pyproject.toml")},
                    {"name": "gunicorn", "specifier": ">=20", "place": place("pyproject.toml")},
                    {"name": "jinja2", "place": place("more.txt")},
                ],
            },
        }))
        .unwrap();
        own(&sources, &service).join("\n")
    }

    #[test]
    fn what_the_first_file_leaves_out_is_installed_too() {
        insta::assert_snapshot!(installed("gunicorn==22.0.0\n"), @"
        -r requirements.txt
        # From src/pyproject.toml.
        fastapi[all]>=0.110
        -r more.txt
        ");
    }

    #[test]
    fn what_it_brings_along_is_not_named_again() {
        for text in [
            "gunicorn==22.0.0\n-e .\n-r more.txt\n",
            "-r ./base.txt\n--requirement=more.txt\n",
            ".[all] ; python_version > '3'\n-rmore.txt\n",
        ] {
            assert_eq!(installed(text), "-r requirements.txt", "{text}");
        }
    }
}
