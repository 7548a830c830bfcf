//! The files of a repository as Git sees it: what it tracks, and what it does not ignore.

use std::sync::Mutex;

use camino::{Utf8Path, Utf8PathBuf};
use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};
use taxiway_diagnostics::path_order;

/// The files below `root`, sorted by [`path_order`]: those that `tracked` gives too, also where they are ignored today, as
/// Git keeps a committed `.env`.
///
/// `tracked` runs while the folders are walked, in as many threads as there are processors.
pub(crate) fn files(
    root: &Utf8Path,
    tracked: impl FnOnce() -> Vec<Utf8PathBuf> + Send,
) -> Vec<Utf8PathBuf> {
    let (mut files, tracked) = std::thread::scope(|scope| {
        let tracked = scope.spawn(|| sorted(tracked()));
        let files = sorted(not_ignored(root));
        (files, tracked.join().unwrap_or_default())
    });
    let more = without(tracked, &files);
    files.extend(more.into_iter().filter(|path| root.join(path).is_file()));
    files.sort_by(|left, right| path_order(left, right));
    files
}

fn sorted(mut files: Vec<Utf8PathBuf>) -> Vec<Utf8PathBuf> {
    files.sort_by(|left, right| path_order(left, right));
    files
}

/// The paths that are not among others; both are sorted.
fn without(paths: Vec<Utf8PathBuf>, others: &[Utf8PathBuf]) -> Vec<Utf8PathBuf> {
    let mut others = others.iter().peekable();
    let is_missing = |path: &Utf8PathBuf| {
        while others
            .next_if(|other| path_order(other, path).is_lt())
            .is_some()
        {}
        others.peek().is_none_or(|other| *other != path)
    };
    paths.into_iter().filter(is_missing).collect()
}

/// The files that Git would track, by its rules for what to ignore.
fn not_ignored(root: &Utf8Path) -> Vec<Utf8PathBuf> {
    let found = Mutex::default();
    WalkBuilder::new(root)
        .hidden(false)
        .parents(false)
        .ignore(false)
        .require_git(false)
        .filter_entry(|entry| !entry.file_name().to_str().is_some_and(is_skipped))
        .build_parallel()
        .visit(&mut Visitors {
            root,
            found: &found,
        });
    found.into_inner().unwrap_or_default()
}

/// Makes a visitor for each thread.
struct Visitors<'w> {
    root: &'w Utf8Path,
    found: &'w Mutex<Vec<Utf8PathBuf>>,
}

impl<'w> ParallelVisitorBuilder<'w> for Visitors<'w> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 'w> {
        Box::new(Visitor {
            root: self.root,
            found: self.found,
            own: Vec::new(),
        })
    }
}

/// What one thread finds, handed over when it ends.
struct Visitor<'w> {
    root: &'w Utf8Path,
    found: &'w Mutex<Vec<Utf8PathBuf>>,
    own: Vec<Utf8PathBuf>,
}

impl ParallelVisitor for Visitor<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        self.own
            .extend(entry.ok().and_then(|entry| file_of(self.root, &entry)));
        WalkState::Continue
    }
}

impl Drop for Visitor<'_> {
    fn drop(&mut self) {
        if let Ok(mut found) = self.found.lock() {
            found.append(&mut self.own);
        }
    }
}

/// The path of a file or of a link, relative to the root that the walk began at.
fn file_of(root: &Utf8Path, entry: &DirEntry) -> Option<Utf8PathBuf> {
    let kind = entry.file_type()?;
    let is_file = kind.is_file() || kind.is_symlink();
    let path = Utf8Path::from_path(entry.path()).filter(|_| is_file)?;
    let below = path.as_str().strip_prefix(root.as_str())?;
    Some(below.trim_start_matches('/').into())
}

fn is_skipped(name: &str) -> bool {
    matches!(
        name,
        ".git"
            | ".hg"
            | "node_modules"
            | "__pycache__"
            | ".venv"
            | "venv"
            | ".tox"
            | ".mypy_cache"
            | ".pytest_cache"
            | ".ruff_cache"
    )
}
