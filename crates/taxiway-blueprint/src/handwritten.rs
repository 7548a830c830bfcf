//! A repository without what Taxiway wrote into it.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::{ReadError, Sources, Unread};

use crate::merge::GENERATED;

/// A repository as its people wrote it: what Taxiway remembers, and each file that it generated, is not there.
///
/// Where that memory was deleted, a file is taken for a generated one by its place and a line that Taxiway writes into it, edited
/// or not. So one run is enough to remember it again.
///
/// An application is read through this. Otherwise the second reading would find the overlay's settings, variables and
/// requirements, take them for the project's own, and decide something else than the first.
#[derive(Clone)]
pub struct Handwritten<'a> {
    sources: &'a dyn Sources,
    generated: BTreeSet<Utf8PathBuf>,
}

impl<'a> Handwritten<'a> {
    /// `sources` without the generated files. It must list those below `.taxiway/`.
    pub fn new(sources: &'a dyn Sources) -> Self {
        let files = sources.files();
        let mut generated: BTreeSet<Utf8PathBuf> = files
            .iter()
            .filter_map(|path| path.as_str().strip_prefix(GENERATED)?.strip_prefix('/'))
            .map(Utf8PathBuf::from)
            .collect();
        if generated.is_empty() {
            generated = recognised(sources, files);
        }
        Self { sources, generated }
    }

    fn is_hidden(&self, path: &Utf8Path) -> bool {
        let below = path.as_str().strip_prefix(".taxiway");
        below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
            || self.generated.contains(path)
    }
}

impl std::fmt::Debug for Handwritten<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Handwritten")
            .field("generated", &self.generated)
            .finish_non_exhaustive()
    }
}

impl Sources for Handwritten<'_> {
    fn read(&self, path: &Utf8Path) -> Result<Vec<u8>, ReadError> {
        if self.is_hidden(path) {
            Err(ReadError::NotFound)
        } else {
            self.sources.read(path)
        }
    }

    fn read_up_to(&self, path: &Utf8Path, most: usize) -> Result<Option<Vec<u8>>, ReadError> {
        if self.is_hidden(path) {
            Err(ReadError::NotFound)
        } else {
            self.sources.read_up_to(path, most)
        }
    }

    fn files(&self) -> Vec<Utf8PathBuf> {
        let mut files = self.sources.files();
        files.retain(|path| !self.is_hidden(path));
        files
    }

    fn unread(&self) -> Vec<Unread> {
        self.sources.unread()
    }

    fn is_file(&self, path: &Utf8Path) -> bool {
        !self.is_hidden(path) && self.sources.is_file(path)
    }
}

/// The files with which their whole folder goes, and a line of those that Taxiway writes.
const WHOLE: [(&str, &str); 2] = [
    ("taxiway_runtime/__init__.py", WRITTEN),
    ("infrastructure/bicep/main.bicep", WRITTEN),
];

/// The names of all files that decide something, and a line of those that Taxiway writes.
const MARKS: [(&str, &str); 9] = [
    WHOLE[0],
    WHOLE[1],
    ("gunicorn.conf.py", "How gunicorn serves the project."),
    (
        "gunicorn.taxiway.conf.py",
        "How gunicorn serves the project",
    ),
    (
        "requirements.taxiway.txt",
        "# What production installs: the project's own requirements",
    ),
    (".github/workflows/ci.yml", "# Each job says what it needs."),
    (
        ".github/workflows/deploy.yml",
        "# Deploys one commit to one environment: provision, build,",
    ),
    (
        "Dockerfile",
        "# The application as an image, with the requirements",
    ),
    (
        "compose.yaml",
        "# Everything that the application needs, on this machine",
    ),
];
const WRITTEN: &str = "Written by `taxiway generate`";

/// The generated files of a repository that remembers none. Only one with our package or our Bicep is asked for the others: no
/// other repository pays for the reading.
fn recognised(sources: &dyn Sources, files: Vec<Utf8PathBuf>) -> BTreeSet<Utf8PathBuf> {
    // By its letters: there are many files, and to take paths apart takes many times as long.
    let is_at = |path: &Utf8Path, name: &str| {
        let above = path.as_str().strip_suffix(name);
        above.is_some_and(|above| above.is_empty() || above.ends_with('/'))
    };
    let is_ours = |path: &Utf8PathBuf| {
        let mark = MARKS.iter().find(|(name, _)| is_at(path, name));
        mark.is_some_and(|(_, line)| {
            sources
                .read_text(path)
                .is_ok_and(|text| text.contains(line))
        })
    };
    let folders: Vec<Utf8PathBuf> = files
        .iter()
        .filter(|path| WHOLE.iter().any(|(name, _)| is_at(path, name)) && is_ours(path))
        .filter_map(|path| path.parent().map(Utf8Path::to_owned))
        .collect();
    if folders.is_empty() {
        return BTreeSet::new();
    }
    files
        .into_iter()
        .filter(|path| folders.iter().any(|folder| path.starts_with(folder)) || is_ours(path))
        .collect()
}

#[cfg(test)]
mod tests {
    use taxiway_diagnostics::MemorySources;

    use super::*;

    #[test]
    fn only_what_was_generated_is_hidden() {
        let sources = MemorySources::from_text(
            "--- .taxiway/.gitignore\n--- .taxiway/generated/gunicorn.conf.py\nold\n--- gunicorn.conf.py\nedited\n\
             --- .env.example\nTHEIRS=\n--- manage.py\n",
        );
        let handwritten = Handwritten::new(&sources);
        assert_eq!(handwritten.files(), [".env.example", "manage.py"]);
        assert!(!handwritten.is_file("gunicorn.conf.py".into()));
        assert!(handwritten.read("gunicorn.conf.py".into()).is_err());
        assert!(handwritten.is_file("manage.py".into()));
    }

    #[test]
    fn generated_files_are_known_without_their_records() {
        let theirs = "--- gunicorn.conf.py\nworkers = 3\n--- .github/workflows/ci.yml\nname: CI\n--- manage.py\n";
        let sources = MemorySources::from_text(theirs);
        assert_eq!(Handwritten::new(&sources).files().len(), 3);
        let ours = "--- taxiway_runtime/__init__.py\nWritten by `taxiway generate`; edits are kept.\n\
             --- taxiway_runtime/health.py\n--- app/gunicorn.conf.py\n\"\"\"How gunicorn serves the project.\"\"\"\nworkers = 9\n";
        let sources = MemorySources::from_text(&format!("{theirs}{ours}"));
        assert_eq!(
            Handwritten::new(&sources).files(),
            [".github/workflows/ci.yml", "gunicorn.conf.py", "manage.py"]
        );
    }
}
