//! Generated files against a person's edits.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use proptest::prelude::*;
use taxiway_blueprint::{
    ChangeKind, FileChange, GeneratedFile, Handwritten, Mode, plan_changes, steps,
};
use taxiway_diagnostics::{MemorySources, Sources};

use crate::sample::generate;

/// A repository as a map, so that files can be removed too.
#[derive(Clone, Debug, Default)]
struct Repository(BTreeMap<Utf8PathBuf, String>);

impl Repository {
    fn write(&mut self, path: &str, text: &str) {
        self.0.insert(path.into(), text.to_owned());
    }

    fn text(&self, path: &str) -> Option<&str> {
        self.0.get(&Utf8PathBuf::from(path)).map(String::as_str)
    }

    fn sources(&self) -> MemorySources {
        self.0
            .iter()
            .map(|(path, text)| (path.clone(), text.clone()))
            .collect()
    }

    /// Plans and carries out; gives what happened to each file that a person sees.
    fn generate(&mut self, files: &[GeneratedFile]) -> Vec<(String, ChangeKind)> {
        let changes = plan_changes(files, &self.sources());
        self.carry_out(&changes, usize::MAX);
        let shown = changes
            .iter()
            .filter(|change| change.kind != ChangeKind::Record);
        shown
            .map(|change| (change.path.to_string(), change.kind))
            .collect()
    }

    /// Carries out the first steps of a plan.
    fn carry_out(&mut self, changes: &[FileChange], count: usize) {
        for step in steps(changes).into_iter().take(count) {
            match step.text {
                Some(text) => self.0.insert(step.path.to_owned(), text.to_owned()),
                None => self.0.remove(step.path),
            };
        }
    }

    fn has_changes(&self, files: &[GeneratedFile]) -> bool {
        let changes = plan_changes(files, &self.sources());
        changes.iter().any(FileChange::is_change)
    }
}

fn file(path: &str, text: &str) -> GeneratedFile {
    GeneratedFile {
        path: path.into(),
        text: text.to_owned(),
        mode: Mode::Plain,
    }
}

fn only(kind: ChangeKind) -> Vec<(String, ChangeKind)> {
    vec![("a".to_owned(), kind)]
}

#[test]
fn a_second_run_changes_nothing() {
    for sample in crate::sample::SAMPLES {
        let files = generate(sample);
        let mut repository = Repository::default();
        repository.generate(&files);
        assert!(!repository.has_changes(&files), "{sample}");
    }
}

#[test]
fn each_kind_of_change() {
    use ChangeKind::{Conflict, Create, Kept, Merged, Released, Removed, Unchanged, Update};
    let first = [file("a", "one\ntwo\nthree\nfour\nfive\n")];
    let second = [file("a", "one\ntwo\nthree\nfour\nFIVE\n")];
    let mut written = Repository::default();
    assert_eq!(written.generate(&first), only(Create));
    assert_eq!(written.clone().generate(&first), only(Unchanged));
    assert_eq!(written.clone().generate(&second), only(Update));
    assert_eq!(written.clone().generate(&[]), only(Removed));

    let mut edited = written.clone();
    edited.write("a", "ONE\ntwo\nthree\nfour\nfive\n");
    assert_eq!(edited.clone().generate(&first), only(Unchanged));
    assert_eq!(edited.clone().generate(&[]), only(Released));
    assert_eq!(edited.generate(&second), only(Merged));
    assert_eq!(edited.text("a"), Some("ONE\ntwo\nthree\nfour\nFIVE\n"));

    let mut conflicting = written.clone();
    conflicting.write("a", "one\ntwo\nthree\nfour\nmine\n");
    assert_eq!(conflicting.generate(&second), only(Conflict));
    assert_eq!(
        conflicting.text("a"),
        Some("one\ntwo\nthree\nfour\n<<<<<<< ours\nmine\n=======\nFIVE\n>>>>>>> theirs\n")
    );
    assert!(!conflicting.has_changes(&second));

    let mut removed = written.clone();
    removed.0.remove(&Utf8PathBuf::from("a"));
    assert_eq!(removed.generate(&second), only(Kept));
    assert_eq!(removed.text("a"), None);

    let mut theirs = Repository::default();
    theirs.write("a", "mine\n");
    assert_eq!(theirs.generate(&first), only(Kept));
    assert_eq!(theirs.text("a"), Some("mine\n"));
    assert_eq!(theirs.0.len(), 1, "a file of theirs gets no record");
}

#[test]
fn a_file_that_is_no_longer_generated_and_gone_leaves_no_record() {
    let mut repository = Repository::default();
    repository.generate(&[file("a", "one\n")]);
    repository.0.remove(&Utf8PathBuf::from("a"));
    repository.generate(&[]);
    assert!(repository.0.is_empty(), "{repository:?}");
}

/// One edit of a person: the line is replaced, removed, or gets a new one before it.
#[derive(Clone, Debug)]
enum Edit {
    Replace(usize),
    Remove(usize),
    Insert(usize),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = (0..60usize, 0..3).prop_map(|(line, kind)| match kind {
        0 => Edit::Replace(line),
        1 => Edit::Remove(line),
        _ => Edit::Insert(line),
    });
    prop::collection::vec(edit, 0..6)
}

/// Applies the edits; every line that is written is unlike any other.
fn edit(text: &str, edits: &[Edit], author: &str) -> (String, Vec<String>) {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut written = Vec::new();
    for (number, edit) in edits.iter().enumerate() {
        let line = format!("{author} wrote this {number}");
        let length = lines.len().max(1);
        match edit {
            Edit::Replace(at) if !lines.is_empty() => {
                let replaced = std::mem::replace(&mut lines[at % length], line.clone());
                written.retain(|known| *known != replaced);
                written.push(line);
            }
            Edit::Remove(at) if !lines.is_empty() => {
                let removed = lines.remove(at % length);
                written.retain(|known| *known != removed);
            }
            Edit::Insert(at) => {
                lines.insert(at % length, line.clone());
                written.push(line);
            }
            Edit::Replace(_) | Edit::Remove(_) => {}
        }
    }
    let text = lines.iter().map(|line| format!("{line}\n")).collect();
    (text, written)
}

proptest! {
    #[test]
    fn no_edit_is_lost(
        base in prop::collection::vec("[a-d]{0,2}", 0..40),
        mine in edits(),
        theirs in edits(),
    ) {
        let base: String = base.iter().map(|line| format!("{line}\n")).collect();
        let (edited, my_lines) = edit(&base, &mine, "a person");
        let (next, next_lines) = edit(&base, &theirs, "the next version");
        let mut repository = Repository::default();
        repository.generate(&[file("a", &base)]);
        repository.write("a", &edited);
        repository.generate(&[file("a", &next)]);
        let merged = repository.text("a").unwrap();
        for line in my_lines {
            prop_assert!(merged.lines().any(|found| found == line), "{line} is lost:\n{merged}");
        }
        for line in next_lines {
            prop_assert!(merged.lines().any(|found| found == line), "{line} never came:\n{merged}");
        }
        prop_assert!(!repository.has_changes(&[file("a", &next)]));
    }
}

#[test]
fn a_run_that_is_cut_off_after_any_step_is_completed_by_the_next() {
    let old = [
        file("a", "one\ntwo\nthree\n"),
        file("b", "b\n"),
        file("c", ""),
        file("gone", "x\n"),
    ];
    let new = [
        file("a", "one\ntwo\nTHREE\n"),
        file("b", "B\n"),
        file("c", ""),
        file("d", "d\n"),
    ];
    let mut edited = Repository::default();
    edited.generate(&old);
    edited.write("a", "ONE\ntwo\nthree\n");
    for (before, files) in [(Repository::default(), &old), (edited, &new)] {
        let mut whole = before.clone();
        whole.generate(files);
        let changes = plan_changes(files, &before.sources());
        for count in 0..steps(&changes).len() {
            let mut cut_off = before.clone();
            cut_off.carry_out(&changes, count);
            let visible = Handwritten::new(&cut_off.sources()).files();
            assert!(
                visible.iter().all(|path| before.0.contains_key(path)),
                "{visible:?} after {count} steps"
            );
            cut_off.generate(files);
            assert_eq!(cut_off.0, whole.0, "after {count} steps");
        }
    }
}

#[test]
fn the_records_are_what_was_written() {
    let files = generate("shop");
    let mut repository = Repository::default();
    repository.generate(&files);
    let sources = repository.sources();
    for file in files {
        let record = Utf8PathBuf::from(".taxiway/generated").join(&file.path);
        assert_eq!(sources.read_text(&record).unwrap(), file.text);
    }
}
