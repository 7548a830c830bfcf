//! Prints the document of the folder given: `detect FOLDER`.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal prints"
)]

use std::process::ExitCode;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::DiskSources;

#[path = "../../taxiway/src/repository/index.rs"]
mod index;
#[path = "../../taxiway/src/repository/rules.rs"]
mod rules;
#[path = "../../taxiway/src/repository/walk.rs"]
mod walk;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let Some(root) = std::env::args().nth(1).map(Utf8PathBuf::from) else {
        eprintln!("usage: detect FOLDER");
        return ExitCode::from(2);
    };
    let walked = walk::files(&root, tracked(&root));
    let sources = DiskSources::new(root, walked.files).without(walked.unread);
    let app = taxiway_app::read_once(&sources);
    match serde_json::to_string_pretty(&app) {
        Ok(text) => println!("{text}"),
        Err(error) => {
            eprintln!("cannot write the document: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// What the index of Git lists; nothing where there is none.
fn tracked(root: &Utf8Path) -> Vec<Utf8PathBuf> {
    let index = std::fs::read(root.join(".git/index"));
    index
        .ok()
        .and_then(|index| index::tracked(&index))
        .unwrap_or_default()
}
