//! A repository without what Taxiway wrote into it.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::{ReadError, Sources, Unread};

use crate::merge::GENERATED;

/// A repository as its people wrote it: what Taxiway remembers, and each file that it generated, is not there.
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
        let generated = sources
            .files()
            .iter()
            .filter_map(|path| path.as_str().strip_prefix(GENERATED)?.strip_prefix('/'))
            .map(Utf8PathBuf::from)
            .collect();
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
}
