//! A temporary copy of the sample shop, as a Git repository of its own.
//!
//! Only files that Git would keep are copied, so caches, databases and uploads of somebody who ran the shop in the
//! checkout never reach a test. Git runs without anybody's own configuration.

use std::fs;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use ignore::WalkBuilder;
use tempfile::TempDir;

use crate::Case;

/// A copy of the sample shop; it is deleted when this value is dropped.
#[derive(Debug)]
pub struct Fixture {
    root: Utf8PathBuf,
    _folder: TempDir,
}

/// A release in the fixture's history, by which it can be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit(String);

impl Fixture {
    /// `examples/shop` in a folder named `shop`, in one commit.
    #[must_use]
    pub fn shop() -> Self {
        Self::example("shop")
    }

    /// A folder of `examples`, in a folder of that name, in one commit.
    #[must_use]
    pub fn example(name: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = Utf8PathBuf::try_from(folder.path().join(name)).expect("a UTF-8 path");
        let example = Utf8Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../examples")
            .join(name);
        for path in files_below(&example) {
            copy(&example.join(&path), &root.join(&path));
        }
        let fixture = Self {
            root,
            _folder: folder,
        };
        fixture.git(&["init", "--quiet", "--initial-branch=main"]);
        fixture.git(&["add", "--all"]);
        fixture.git(&["commit", "--quiet", "--message=The beginning"]);
        fixture
    }

    /// The repository's folder.
    #[must_use]
    pub fn path(&self) -> &Utf8Path {
        &self.root
    }

    /// Makes this release, in one commit of its own files: what else lies in the folder stays as it is.
    pub fn apply(&self, case: &Case) -> Commit {
        for edit in &case.edits {
            let path = self.root.join(&edit.file);
            let text = read(&path);
            let count = text.matches(&edit.find).count();
            let name = &case.name;
            assert_eq!(count, 1, "{name}: {} is in {path}", edit.find);
            write(&path, &text.replace(&edit.find, &edit.replace));
            self.git(&["add", edit.file.as_str()]);
        }
        for (path, text) in &case.additions {
            let target = self.root.join(path);
            assert!(!target.exists(), "{}: the shop has {path}", case.name);
            write(&target, text);
            self.git(&["add", path.as_str()]);
        }
        self.git(&["commit", "--quiet", "--message", &case.title]);
        Commit(self.git(&["rev-parse", "HEAD"]).trim().to_owned())
    }

    /// Takes a release back, in one commit.
    pub fn revert(&self, commit: &Commit) {
        self.git(&["revert", "--no-edit", &commit.0]);
    }

    /// Runs Git in the repository, and returns what it prints.
    #[expect(
        clippy::disallowed_methods,
        reason = "Git ends by itself; there is nothing to supervise"
    )]
    pub fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=Taxiway", "-c", "user.email=test@localhost"])
            .args(arguments)
            .current_dir(&self.root)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            // A test may run inside a hook, which points Git at another repository.
            .env_remove("GIT_DIR")
            .env_remove("GIT_WORK_TREE")
            .env_remove("GIT_INDEX_FILE")
            .output()
            .expect("Git is installed");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {errors}");
        String::from_utf8(output.stdout).expect("Git prints UTF-8")
    }
}

/// The files below a folder that Git would keep, relative to it and in order.
pub(crate) fn files_below(folder: &Utf8Path) -> Vec<Utf8PathBuf> {
    let mut files: Vec<Utf8PathBuf> = WalkBuilder::new(folder)
        .hidden(false)
        .parents(false)
        .git_global(false)
        .git_exclude(false)
        .require_git(false)
        .build()
        .map(|entry| entry.unwrap_or_else(|error| panic!("{folder}: {error}")))
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .map(|entry| Utf8PathBuf::try_from(entry.into_path()).expect("a UTF-8 path"))
        .map(|path| {
            let relative = path.strip_prefix(folder).expect("it is below the folder");
            relative.to_owned()
        })
        .collect();
    files.sort();
    files
}

pub(crate) fn read(path: &Utf8Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn write(path: &Utf8Path, text: &str) {
    make_parent(path);
    fs::write(path, text).unwrap_or_else(|error| panic!("{path}: {error}"));
}

fn copy(from: &Utf8Path, to: &Utf8Path) {
    make_parent(to);
    fs::copy(from, to).unwrap_or_else(|error| panic!("{from} to {to}: {error}"));
}

fn make_parent(path: &Utf8Path) {
    let parent = path.parent().expect("a file is in a folder");
    fs::create_dir_all(parent).unwrap_or_else(|error| panic!("{parent}: {error}"));
}
