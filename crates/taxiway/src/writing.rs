//! Puts planned changes into the repository: each file whole or not at all.

use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};

use camino::Utf8Path;
use taxiway_blueprint::{ChangeKind, FileChange, Mode};
use taxiway_diagnostics::MemorySources;
use taxiway_platform::CONFIG_PATH;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::Project;

/// What has to be written, `taxiway.toml` included where it is new; without records and files that stay as they are.
pub(crate) fn plan(project: &Project) -> Vec<FileChange> {
    let generated = taxiway_blueprint::files(&project.sources, &project.app, &project.platform);
    let mut changes = taxiway_blueprint::plan_changes(&generated, &project.sources);
    if let Some(text) = &project.initial_config {
        changes.insert(
            0,
            FileChange {
                path: CONFIG_PATH.into(),
                kind: ChangeKind::Create,
                before: None,
                after: Some(text.clone()),
                mode: Mode::Plain,
            },
        );
    }
    changes
}

/// The files as they will be, for whoever reads them before they are written.
pub(crate) fn planned(changes: &[FileChange]) -> MemorySources {
    changes
        .iter()
        .filter_map(|change| Some((change.path.clone(), change.after.clone()?)))
        .collect()
}

/// The changes that a person would call changes.
pub(crate) fn visible(changes: &[FileChange]) -> Vec<&FileChange> {
    changes
        .iter()
        .filter(|change| change.is_change() && change.kind != ChangeKind::Record)
        .collect()
}

/// Writes the changes. Each file is replaced in one step; after a run that is cut off, the next one goes on.
///
/// # Errors
/// [`Failure`] that names the file that could not be written. Those before it are written.
pub(crate) fn apply(root: &Utf8Path, changes: &[FileChange]) -> Result<(), Failure> {
    for step in taxiway_blueprint::steps(changes) {
        let path = root.join(step.path);
        let done = match step.text {
            Some(text) => replace(root, &path, text, step.mode),
            None => remove(root, &path),
        };
        done.map_err(|error| {
            Failure::new(Exit::Failed, format!("`{}` cannot be written", step.path))
                .because(&error)
                .next("when that is mended", "taxiway generate")
        })?;
    }
    Ok(())
}

/// Writes beside the records and renames: what a killed run leaves is no part of the application.
fn replace(root: &Utf8Path, path: &Utf8Path, text: &str, mode: Mode) -> std::io::Result<()> {
    let unfinished = root.join(".taxiway/state/unfinished");
    for folder in [&unfinished, path]
        .into_iter()
        .filter_map(|path| path.parent())
    {
        std::fs::create_dir_all(folder)?;
    }
    let permissions = match mode {
        Mode::Plain => 0o644,
        Mode::Executable => 0o755,
    };
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(permissions)
        .open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.set_permissions(std::fs::Permissions::from_mode(permissions))?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)
}

/// Takes a file away, and the folders that have nothing left in them, as Git does.
fn remove(root: &Utf8Path, path: &Utf8Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        done => done?,
    }
    let above = path.ancestors().skip(1);
    for folder in above.take_while(|folder| *folder != root) {
        // One that is not empty stays.
        if std::fs::remove_dir(folder).is_err() {
            break;
        }
    }
    Ok(())
}

/// The failure for files that carry both a person's edits and a new version that contradict each other.
pub(crate) fn conflicts(changes: &[FileChange]) -> Option<Failure> {
    let paths: Vec<String> = changes
        .iter()
        .filter(|change| change.kind == ChangeKind::Conflict)
        .map(|change| change.path.to_string())
        .collect();
    if paths.is_empty() {
        return None;
    }
    Some(
        Failure::new(
            Exit::Findings,
            "your edits and the new version changed the same lines",
        )
        .details(paths)
        .detail("both stand in the file between conflict markers, as Git writes them")
        .next("choose, then", "taxiway generate"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_longer_generated_leaves_no_empty_folder() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        for path in ["jobs/old/run.sh", "theirs/ours.txt", "theirs/own.txt"] {
            replace(root, &root.join(path), "", Mode::Plain).unwrap();
        }
        for path in ["jobs/old/run.sh", "theirs/ours.txt", "never/there.txt"] {
            remove(root, &root.join(path)).unwrap();
        }
        assert!(!root.join("jobs").exists());
        assert!(root.join("theirs/own.txt").exists());
    }

    #[test]
    fn files_are_replaced_whole_with_their_mode() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let change = |before: Option<&str>, after: Option<&str>| FileChange {
            path: "a/run.sh".into(),
            kind: ChangeKind::Create,
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
            mode: Mode::Executable,
        };
        apply(root, &[change(None, Some("one\n"))]).unwrap();
        let path = root.join("a/run.sh");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\n");
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o755
        );
        apply(root, &[change(Some("one\n"), None)]).unwrap();
        assert!(!path.exists());
        assert!(!root.join("a").exists());
    }
}
