//! The crate's tests from outside, one module per stage.

mod diagnostics;
mod formatting;
mod golden;
mod hostile;
mod linting;
mod marked;
mod parameters;
mod registry;
mod source_map;
mod syntax;

use camino::Utf8PathBuf;
use taxiway_diagnostics::{LineIndex, MemorySources, Sources};

/// Every case of `tests/cases`: its name and its files.
fn cases() -> Vec<(String, MemorySources)> {
    let folder = Utf8PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<_> = folder
        .read_dir_utf8()
        .expect("the folder of cases is part of the crate")
        .map(|entry| {
            let entry = entry.expect("the folder can be read");
            let text = std::fs::read_to_string(entry.path()).expect("a case is text");
            let name = entry.path().file_stem().unwrap_or("").to_owned();
            (name, MemorySources::from_text(&text))
        })
        .collect();
    cases.sort_by(|left, right| left.0.cmp(&right.0));
    cases
}

/// The Bicep files of every case.
fn bicep_files() -> Vec<(String, String)> {
    cases()
        .into_iter()
        .flat_map(|(name, sources)| {
            let files = sources.files();
            files
                .into_iter()
                .filter(|file| matches!(file.extension(), Some("bicep" | "bicepparam")))
                .map(move |file| {
                    let text = sources.read_text(&file).expect("it is listed");
                    (format!("{name}/{file}"), text)
                })
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Diagnostics as lines: place, code and message.
fn lines(sources: &dyn Sources, diagnostics: &[taxiway_diagnostics::Diagnostic]) -> String {
    diagnostics
        .iter()
        .map(|diagnostic| {
            let place = diagnostic
                .location
                .as_ref()
                .map_or_else(String::new, |location| {
                    let text = sources.read_text(location.path()).unwrap_or_default();
                    let (line, column) =
                        LineIndex::new(&text).line_column(&text, location.span.start);
                    format!("{}:{line}:{column} ", location.path())
                });
            format!("{place}{} {}\n", diagnostic.code, diagnostic.message)
        })
        .collect()
}
