//! `taxiway generate`: write or refresh the files that Taxiway owns.

use camino::Utf8Path;
use serde_json::json;
use taxiway_blueprint::{ChangeKind, FileChange};

use crate::arguments::Generate;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::project::Project;
use crate::terminal::{BOLD, DIM, Terminal, columns};
use crate::writing;

/// Writes, or tells what would be written.
pub(crate) fn run(
    arguments: &Generate,
    repository: Option<&Utf8Path>,
    terminal: &Terminal,
) -> Outcome {
    let project = Project::open(repository)?;
    let changes = writing::plan(&project);
    let visible = writing::visible(&changes);
    if terminal.is_json() {
        terminal.print_json(&document(&changes));
    } else if arguments.diff {
        for change in &visible {
            terminal.print(diff(change));
        }
    } else if visible.is_empty() {
        terminal.say(format_args!(
            "{} files are as they should be",
            changes.len()
        ));
    } else {
        terminal.print(table(&visible));
    }
    if arguments.check || arguments.diff {
        let is_stale = arguments.check && !visible.is_empty();
        if is_stale {
            terminal.say(format_args!(
                "{DIM}write them: taxiway generate · see them: taxiway generate --diff{DIM:#}"
            ));
        }
        return Ok(if is_stale { Exit::Findings } else { Exit::Done });
    }
    writing::apply(&project.root, &changes)?;
    writing::conflicts(&changes).map_or(Ok(Exit::Done), Err)
}

fn table(changes: &[&FileChange]) -> String {
    let rows: Vec<Vec<String>> = changes
        .iter()
        .map(|change| vec![word(change.kind).to_owned(), change.path.to_string()])
        .collect();
    columns(&rows, 2)
}

/// What happened to a file, as people say it.
pub(crate) const fn word(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Create => "new",
        ChangeKind::Update => "updated",
        ChangeKind::Unchanged => "unchanged",
        ChangeKind::Merged => "merged with your edits",
        ChangeKind::Conflict => "conflict",
        ChangeKind::Kept => "yours, kept",
        ChangeKind::Removed => "removed",
        ChangeKind::Released => "yours now",
        ChangeKind::Record => "record",
    }
}

fn document(changes: &[FileChange]) -> serde_json::Value {
    let files: Vec<_> = changes
        .iter()
        .filter(|change| change.kind != ChangeKind::Record)
        .map(|change| json!({ "path": change.path, "change": change.kind, "changes": change.is_change() }))
        .collect();
    json!({ "schema": "taxiway.generate/v1", "files": files })
}

fn diff(change: &FileChange) -> String {
    let (before, after) = (
        change.before.as_deref().unwrap_or(""),
        change.after.as_deref().unwrap_or(""),
    );
    let patch = diffy::create_patch(before, after);
    let header = format!(
        "{BOLD}{}{BOLD:#} {DIM}({}){DIM:#}",
        change.path,
        word(change.kind)
    );
    // The library's own header names `original` and `modified`; ours names the file.
    let text = patch.to_string();
    let body: Vec<&str> = text
        .lines()
        .skip_while(|line| line.starts_with("---") || line.starts_with("+++"))
        .collect();
    format!("{header}\n{}\n", body.join("\n"))
}
