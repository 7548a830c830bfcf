//! Diagnostics of a run, each once, in the form that was asked for.

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use taxiway_diagnostics::{Diagnostic, Fix, Region, Regions, Severity, Sources};

use super::sarif;
use crate::arguments::Format;
use crate::findings;
use crate::terminal::Terminal;

/// Where a document goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    /// Standard output.
    Output,
    /// Standard error, where standard output is taken by a result.
    Error,
}

/// What was found in all files of a run.
#[derive(Debug, Default)]
pub(super) struct Report {
    diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// Adds what was found from one file; what was found from another already is not repeated.
    pub(super) fn add(&mut self, diagnostics: Vec<Diagnostic>) {
        self.diagnostics.extend(diagnostics);
        self.diagnostics
            .sort_by(|left, right| left.sort_key().cmp(&right.sort_key()));
        self.diagnostics.dedup();
    }

    pub(super) fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// How many are of `severity`.
    pub(super) fn count(&self, severity: Severity) -> usize {
        let same = self.diagnostics.iter();
        same.filter(|diagnostic| diagnostic.severity == severity)
            .count()
    }

    /// Shows it: as text on standard error, with the source for people and a line each when piped; as a document on
    /// `stream`.
    pub(super) fn show(&self, sources: &dyn Sources, terminal: &Terminal, stream: Stream) {
        match terminal.format() {
            Format::Text if terminal.draws_progress() => {
                let shown = Shown::new(sources);
                let diagnostics: Vec<_> = self
                    .diagnostics
                    .iter()
                    .map(|one| shown.relative(one))
                    .collect();
                let text = findings::render(&diagnostics, &shown);
                if !text.is_empty() {
                    terminal.say(text.trim_end());
                }
            }
            Format::Text => {
                let regions = Regions::new(sources);
                for diagnostic in &self.diagnostics {
                    terminal.say(line(diagnostic, &regions));
                }
            }
            Format::Json => {
                let regions = Regions::new(sources);
                let diagnostics = self
                    .diagnostics
                    .iter()
                    .map(|one| Record::new(one, &regions))
                    .collect();
                let schema = "taxiway.diagnostics/v1";
                print(
                    &Document {
                        schema,
                        diagnostics,
                    },
                    terminal,
                    stream,
                );
            }
            Format::Sarif => print(&sarif::log(&self.diagnostics, sources), terminal, stream),
        }
    }
}

fn print<T: Serialize>(document: &T, terminal: &Terminal, stream: Stream) {
    let text = serde_json::to_string_pretty(document).expect("what we print has string keys");
    match stream {
        Stream::Output => terminal.print(text),
        Stream::Error => terminal.say(text),
    }
}

/// The form of the official compiler, which editors and pipelines know how to read.
fn line(diagnostic: &Diagnostic, regions: &Regions<'_>) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Info => "Info",
    };
    let place = diagnostic
        .location
        .as_ref()
        .map_or_else(String::new, |location| {
            let region = regions.of(location);
            format!("{}({},{}) : ", location.path(), region.line, region.column)
        });
    let mut line = format!(
        "{place}{severity} {}: {}",
        diagnostic.code, diagnostic.message
    );
    if let Some(help) = &diagnostic.help {
        line.push_str("; ");
        line.push_str(help);
    }
    line
}

#[derive(Debug, Serialize)]
struct Document<'a> {
    schema: &'static str,
    diagnostics: Vec<Record<'a>>,
}

#[derive(Debug, Serialize)]
struct Record<'a> {
    code: &'a str,
    severity: Severity,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<Utf8PathBuf>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<&'a Fix>,
}

impl<'a> Record<'a> {
    fn new(diagnostic: &'a Diagnostic, regions: &Regions<'_>) -> Self {
        let location = diagnostic.location.as_ref();
        Self {
            code: &diagnostic.code,
            severity: diagnostic.severity,
            message: &diagnostic.message,
            path: location.map(|location| relative(location.path())),
            region: location.map(|location| regions.of(location)),
            help: diagnostic.help.as_deref(),
            fix: diagnostic.fix.as_ref(),
        }
    }
}

/// A path as seen from the current folder, where it lies below that.
pub(super) fn relative(path: &Utf8Path) -> Utf8PathBuf {
    let here = camino::absolute_utf8(".").unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).to_owned()
}

/// The same files by the paths that people are shown.
struct Shown<'a> {
    sources: &'a dyn Sources,
    here: Utf8PathBuf,
}

impl<'a> Shown<'a> {
    fn new(sources: &'a dyn Sources) -> Self {
        let here = camino::absolute_utf8(".").unwrap_or_default();
        Self { sources, here }
    }

    fn relative(&self, diagnostic: &Diagnostic) -> Diagnostic {
        let mut diagnostic = diagnostic.clone();
        let labels = diagnostic
            .labels
            .iter_mut()
            .map(|label| &mut label.location);
        for location in diagnostic.location.iter_mut().chain(labels) {
            location.path = relative(&location.path);
        }
        diagnostic
    }
}

impl Sources for Shown<'_> {
    fn read(&self, path: &Utf8Path) -> Result<Vec<u8>, taxiway_diagnostics::ReadError> {
        self.sources.read(&self.here.join(path))
    }

    fn files(&self) -> Vec<Utf8PathBuf> {
        self.sources.files()
    }
}
