//! `bicep-build FILE [MODULE_CACHE]`: the template as JSON on standard output, diagnostics on standard error.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is a command"
)]

use std::collections::BTreeMap;
use std::process::ExitCode;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::{Diagnostic, DiskSources, LineIndex, Severity, Sources};

fn main() -> ExitCode {
    let Some(file) = std::env::args().nth(1) else {
        eprintln!("usage: bicep-build FILE [MODULE_CACHE]");
        return ExitCode::from(2);
    };
    let file = Utf8PathBuf::from(file);
    let options = taxiway_bicep::Options {
        module_cache: std::env::args().nth(2).map(Utf8PathBuf::from),
        lint: true,
    };
    let root = file.parent().unwrap_or(Utf8Path::new(""));
    let sources = DiskSources::new("", files_below(root));
    let (output, diagnostics) = if file.extension() == Some("bicepparam") {
        let environment = |name: &str| {
            std::env::vars()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value)
        };
        let result =
            taxiway_bicep::compile_parameters_with(&sources, &file, &environment, &options);
        (result.parameters, result.diagnostics)
    } else {
        let result = taxiway_bicep::compile_with(&sources, &file, &options);
        (result.template, result.diagnostics)
    };
    let mut texts = BTreeMap::new();
    for diagnostic in &diagnostics {
        eprintln!("{}", line(&sources, &mut texts, diagnostic));
    }
    match output {
        Some(output) => {
            let text = serde_json::to_string_pretty(&output).expect("JSON values can be written");
            print!("{text}");
            ExitCode::SUCCESS
        }
        None => ExitCode::FAILURE,
    }
}

fn files_below(folder: &Utf8Path) -> Vec<Utf8PathBuf> {
    let mut files = Vec::new();
    let readable = if folder.as_str().is_empty() {
        Utf8Path::new(".")
    } else {
        folder
    };
    let Ok(entries) = readable.read_dir_utf8() else {
        return files;
    };
    for entry in entries.flatten() {
        let path = folder.join(entry.file_name());
        if entry.path().is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}

/// The text of each file that a diagnostic is in, and where its lines begin.
type Texts = BTreeMap<Utf8PathBuf, (String, LineIndex)>;

fn line(sources: &dyn Sources, texts: &mut Texts, diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Info => "Info",
    };
    let place = diagnostic
        .location
        .as_ref()
        .map_or_else(String::new, |location| {
            let (text, index) =
                texts
                    .entry(location.path().to_owned())
                    .or_insert_with_key(|path| {
                        let text = sources.read_text(path).unwrap_or_default();
                        let index = LineIndex::new(&text);
                        (text, index)
                    });
            let (line, column) = index.line_column(text, location.span.start);
            format!("{}({line},{column}) : ", location.path())
        });
    format!("{place}{level} {}: {}", diagnostic.code, diagnostic.message)
}
