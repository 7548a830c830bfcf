//! Prints the document of the folder given: `detect FOLDER`.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal prints"
)]

use std::process::ExitCode;

use camino::{Utf8Path, Utf8PathBuf};
use ignore::{WalkBuilder, WalkState};
use taxiway_diagnostics::{DiskSources, path_order};

fn main() -> ExitCode {
    let Some(root) = std::env::args().nth(1).map(Utf8PathBuf::from) else {
        eprintln!("usage: detect FOLDER");
        return ExitCode::from(2);
    };
    let sources = DiskSources::new(root.clone(), files(&root));
    let app = taxiway_app::read(&sources);
    match serde_json::to_string_pretty(&app) {
        Ok(text) => println!("{text}"),
        Err(error) => {
            eprintln!("cannot write the document: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// The files below a folder that Git tracks or does not ignore, relative to it, as the command line finds them.
fn files(root: &Utf8Path) -> Vec<Utf8PathBuf> {
    std::thread::scope(|scope| {
        let tracked = scope.spawn(|| tracked(root));
        let mut files = not_ignored(root);
        files.sort_unstable_by(|left, right| path_order(left, right));
        let more: Vec<Utf8PathBuf> = tracked
            .join()
            .unwrap_or_default()
            .into_iter()
            .filter(|path| {
                files.binary_search_by(|own| path_order(own, path)).is_err()
                    && root.join(path).is_file()
            })
            .collect();
        files.extend(more);
        files
    })
}

/// What Git tracks, also where it would ignore it today: a committed `.env` is such a file.
#[expect(
    clippy::disallowed_methods,
    reason = "an example has no supervisor for its children"
)]
fn tracked(root: &Utf8Path) -> Vec<Utf8PathBuf> {
    let Ok(output) = std::process::Command::new("git")
        .args(["-C", root.as_str(), "ls-files", "-z"])
        .output()
    else {
        return Vec::new();
    };
    String::from_utf8_lossy(&output.stdout)
        .split('\0')
        .filter(|path| !path.is_empty())
        .map(Utf8PathBuf::from)
        .collect()
}

fn not_ignored(root: &Utf8Path) -> Vec<Utf8PathBuf> {
    let (sender, receiver) = std::sync::mpsc::channel();
    let walk = WalkBuilder::new(root)
        .hidden(false)
        .parents(false)
        .ignore(false)
        .require_git(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build_parallel();
    walk.run(|| {
        let sender = sender.clone();
        Box::new(move |entry| {
            let path = entry.ok().and_then(|entry| {
                entry.file_type().filter(std::fs::FileType::is_file)?;
                let path = Utf8Path::from_path(entry.path())?;
                path.strip_prefix(root).ok().map(Utf8Path::to_owned)
            });
            if let Some(path) = path {
                let _ = sender.send(path);
            }
            WalkState::Continue
        })
    });
    drop(sender);
    receiver.into_iter().collect()
}
