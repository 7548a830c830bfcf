//! What to do with each generated file, given what is in the repository.
//!
//! `.taxiway/generated/` holds what was written last, path by path, and is committed: it is the common ancestor of a person's
//! edits and the next version. Invariant: no line that a person wrote is lost; where both sides changed the same lines, both
//! stand in the file between markers as Git writes them.

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use taxiway_diagnostics::Sources;

use crate::{GeneratedFile, Mode};

/// Where what was written last is kept.
pub(crate) const GENERATED: &str = ".taxiway/generated";

/// What a record holds while its file is being created. A run that ended here has not yet written the file; without this,
/// the next one would take it for removed, or for a person's own.
const CREATING: &str = "taxiway is creating this file\n";

/// What to do with one path of the repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileChange {
    /// The file, relative to the repository.
    pub path: Utf8PathBuf,
    /// What happens to it, and why.
    pub kind: ChangeKind,
    /// Its text now; `None` where there is none.
    pub before: Option<String>,
    /// Its text afterwards; `None` where it goes.
    pub after: Option<String>,
    /// Whether it is a program.
    pub mode: Mode,
}

impl FileChange {
    /// Whether the file is written or removed.
    pub fn is_change(&self) -> bool {
        self.before != self.after
    }
}

/// What happens to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It is new.
    Create,
    /// It is as it was written last, and gets its new version.
    Update,
    /// Nothing is to be done: it is up to date, with a person's edits where there are any.
    Unchanged,
    /// A person's edits and the new version go together.
    Merged,
    /// A person and the new version changed the same lines: both stand in it between markers, for a person to choose.
    Conflict,
    /// It is a person's own file, or one that a person removed: it stays as it is.
    Kept,
    /// It is no longer generated, and nobody edited it: it goes.
    Removed,
    /// It is no longer generated, but somebody edited it: it stays and is theirs now.
    Released,
    /// What was written last, for the next merge. Not worth showing.
    Record,
}

/// What to do with each generated file and with those of earlier runs, sorted by path. Applying all of it and planning
/// again gives no change.
///
/// `sources` must list the files below `.taxiway/generated/`, hidden though they are.
pub fn plan_changes(generated: &[GeneratedFile], sources: &dyn Sources) -> Vec<FileChange> {
    let mut changes = Vec::new();
    for file in generated {
        changes.extend(change(file, sources));
    }
    for record in sources.files() {
        let Ok(path) = record.strip_prefix(GENERATED) else {
            continue;
        };
        if !generated.iter().any(|file| file.path == path) {
            changes.extend(obsolete(path, &record, sources));
        }
    }
    changes.sort_by(|one, other| one.path.cmp(&other.path));
    changes
}

/// One file to write or to remove. Each is done whole, and they are done in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// The file, relative to the repository.
    pub path: &'a Utf8Path,
    /// Its new text; `None`: it goes.
    pub text: Option<&'a str>,
    /// Whether it is a program.
    pub mode: Mode,
}

/// How to carry out `changes` so that a run may be cut off after any step: planning again and carrying that out ends in the
/// same files as without the interruption. Records come after their files, because a record says that its file was written.
pub fn steps(changes: &[FileChange]) -> Vec<Step<'_>> {
    fn whole(change: &FileChange) -> Step<'_> {
        Step {
            path: &change.path,
            text: change.after.as_deref(),
            mode: change.mode,
        }
    }
    let (records, files): (Vec<_>, Vec<_>) = changes
        .iter()
        .filter(|change| change.is_change())
        .partition(|change| change.kind == ChangeKind::Record);
    let is_created = |record: &FileChange| {
        files.iter().any(|file| {
            file.kind == ChangeKind::Create && record.path.strip_prefix(GENERATED) == Ok(&file.path)
        })
    };
    let intents = records
        .iter()
        .filter(|record| is_created(record))
        .map(|record| Step {
            text: Some(CREATING),
            ..whole(record)
        });
    intents
        .chain(files.iter().map(|change| whole(change)))
        .chain(records.iter().map(|change| whole(change)))
        .collect()
}

fn record_of(path: &Utf8Path) -> Utf8PathBuf {
    Utf8Path::new(GENERATED).join(path)
}

/// The change of one generated file, and that of its record.
fn change(file: &GeneratedFile, sources: &dyn Sources) -> Vec<FileChange> {
    let record = record_of(&file.path);
    let recorded = sources.read_text(&record).ok();
    let base = recorded.clone().filter(|text| text != CREATING);
    let current = sources.read_text(&file.path).ok();
    let (kind, after) = decide(base.as_deref(), current.as_deref(), &file.text);
    let is_theirs = kind == ChangeKind::Kept && base.is_none();
    let mut changes = vec![FileChange {
        path: file.path.clone(),
        kind,
        before: current,
        after,
        mode: file.mode,
    }];
    let remembered = (!is_theirs).then(|| file.text.clone());
    if recorded != remembered {
        changes.push(FileChange {
            path: record,
            kind: ChangeKind::Record,
            before: recorded,
            after: remembered,
            mode: Mode::Plain,
        });
    }
    changes
}

fn decide(base: Option<&str>, current: Option<&str>, new: &str) -> (ChangeKind, Option<String>) {
    let keep = |kind| (kind, current.map(str::to_owned));
    let write = |kind| (kind, Some(new.to_owned()));
    match (base, current) {
        (None, None) => write(ChangeKind::Create),
        (_, Some(current)) if current == new => keep(ChangeKind::Unchanged),
        (None, Some(_)) => keep(ChangeKind::Kept),
        // Removed by a person, on purpose: it comes back when its record is removed too.
        (Some(_), None) => keep(ChangeKind::Kept),
        (Some(base), Some(_)) if base == new => keep(ChangeKind::Unchanged),
        (Some(base), Some(current)) if base == current => write(ChangeKind::Update),
        (Some(base), Some(current)) => merge(base, current, new),
    }
}

fn merge(base: &str, current: &str, new: &str) -> (ChangeKind, Option<String>) {
    match diffy::MergeOptions::new()
        .set_conflict_style(diffy::ConflictStyle::Merge)
        .merge(base, current, new)
    {
        Ok(merged) if merged == current => (ChangeKind::Unchanged, Some(merged)),
        Ok(merged) => (ChangeKind::Merged, Some(merged)),
        Err(conflicted) => (ChangeKind::Conflict, Some(conflicted)),
    }
}

/// A file of an earlier run that is no longer generated.
fn obsolete(path: &Utf8Path, record: &Utf8Path, sources: &dyn Sources) -> Vec<FileChange> {
    let base = sources.read_text(record).ok();
    let current = sources.read_text(path).ok();
    let mut changes = vec![FileChange {
        path: record.to_owned(),
        kind: ChangeKind::Record,
        before: base.clone(),
        after: None,
        mode: Mode::Plain,
    }];
    if current.is_some() {
        let is_unedited = base == current;
        changes.push(FileChange {
            path: path.to_owned(),
            kind: if is_unedited {
                ChangeKind::Removed
            } else {
                ChangeKind::Released
            },
            after: if is_unedited { None } else { current.clone() },
            before: current,
            mode: Mode::Plain,
        });
    }
    changes
}
