//! Prints the document of the folder given: `detect FOLDER`.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal prints"
)]

use std::process::ExitCode;

use camino::{Utf8Path, Utf8PathBuf};
use ignore::WalkBuilder;
use taxiway_diagnostics::DiskSources;

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

/// The files below a folder that Git tracks or does not ignore, relative to it.
fn files(root: &Utf8Path) -> Vec<Utf8PathBuf> {
    let mut files = not_ignored(root);
    files.extend(tracked(root));
    files.sort();
    files.dedup();
    files
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
        .filter(|path| !path.is_empty() && root.join(path).is_file())
        .map(Utf8PathBuf::from)
        .collect()
}

fn not_ignored(root: &Utf8Path) -> Vec<Utf8PathBuf> {
    WalkBuilder::new(root)
        .hidden(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build()
        .flatten()
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .filter_map(|entry| Utf8PathBuf::from_path_buf(entry.into_path()).ok())
        .filter_map(|path| path.strip_prefix(root).ok().map(Utf8Path::to_owned))
        .collect()
}
