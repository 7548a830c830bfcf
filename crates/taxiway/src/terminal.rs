//! What the user sees: data on standard output, everything else on standard error.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::arguments::{Color, Format, Global};
use crate::failure::Failure;
use crate::findings;

/// Dim text: places, reasons.
pub(crate) const DIM: Style = Style::new().dimmed();
/// What must be read.
pub(crate) const BOLD: Style = Style::new().bold();
/// A step that succeeded.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// A step that failed.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

/// Where a command speaks to its user.
#[derive(Clone, Debug)]
pub(crate) struct Terminal {
    format: Format,
    is_quiet: bool,
    is_verbose: bool,
    is_interactive: bool,
}

impl Terminal {
    /// As the options say; interactive only where a person can answer.
    pub(crate) fn new(global: &Global, is_automated: bool) -> Self {
        match global.color {
            Color::Auto => {}
            Color::Always => anstream::ColorChoice::Always.write_global(),
            Color::Never => anstream::ColorChoice::Never.write_global(),
        }
        let is_interactive =
            !is_automated && std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        Self {
            format: global.format,
            is_quiet: global.quiet,
            is_verbose: global.verbose,
            is_interactive,
        }
    }

    /// Whether results go out as JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// How results are printed.
    pub(crate) const fn format(&self) -> Format {
        self.format
    }

    /// Whether a person can be asked.
    pub(crate) const fn is_interactive(&self) -> bool {
        self.is_interactive
    }

    /// Whether progress may be drawn over itself.
    pub(crate) fn draws_progress(&self) -> bool {
        !self.is_quiet && std::io::stderr().is_terminal()
    }

    /// Data, for people.
    pub(crate) fn print(&self, text: impl std::fmt::Display) {
        // A closed pipe (`taxiway … | head`) is the reader's choice, not a failure.
        let _ = writeln!(anstream::stdout(), "{text}");
    }

    /// Data, to the byte.
    pub(crate) fn print_exactly(&self, text: &str) {
        let mut stdout = anstream::stdout();
        let _ = stdout.write_all(text.as_bytes());
        let _ = stdout.flush();
    }

    /// Data, for programs.
    pub(crate) fn print_json<T: Serialize>(&self, value: &T) {
        let text = serde_json::to_string_pretty(value).expect("what we print has string keys");
        let _ = writeln!(anstream::stdout(), "{text}");
    }

    /// Progress and remarks; silent with `--quiet`.
    pub(crate) fn say(&self, text: impl std::fmt::Display) {
        if !self.is_quiet {
            let _ = writeln!(anstream::stderr(), "{text}");
        }
    }

    /// What only `--verbose` shows.
    pub(crate) fn detail(&self, text: impl std::fmt::Display) {
        if self.is_verbose {
            self.say(text);
        }
    }

    /// Asks a question that `Enter` answers with yes.
    pub(crate) fn confirm(&self, question: &str) -> bool {
        let mut stderr = anstream::stderr();
        let _ = write!(stderr, "{question} [Y/n] ");
        let _ = stderr.flush();
        let mut answer = String::new();
        let read = std::io::stdin().lock().read_line(&mut answer);
        read.is_ok_and(|bytes| bytes > 0)
            && matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes")
    }

    /// Tells a failure: on standard error for people, on standard output too for programs.
    pub(crate) fn report(&self, failure: &Failure, sources: &dyn taxiway_diagnostics::Sources) {
        if self.is_json() {
            self.print_json(&serde_json::json!({ "schema": "taxiway.error/v1", "error": failure }));
        }
        let mut stderr = anstream::stderr();
        if !failure.diagnostics.is_empty() {
            let _ = write!(
                stderr,
                "{}",
                findings::render(&failure.diagnostics, sources)
            );
        }
        let _ = writeln!(
            stderr,
            "{BAD}{}{BAD:#}: {}",
            failure.exit.word(),
            failure.message
        );
        for line in failure.details.iter().flat_map(|detail| detail.lines()) {
            let _ = writeln!(stderr, "  {line}");
        }
        let width = failure
            .next
            .iter()
            .map(|step| step.purpose.len())
            .max()
            .unwrap_or(0);
        for step in &failure.next {
            let _ = writeln!(
                stderr,
                "  {:<width$}  {BOLD}{}{BOLD:#}",
                format!("{}:", step.purpose),
                step.command,
                width = width + 1
            );
        }
        let _ = stderr.flush();
    }
}

/// A duration as people read it: `41 ms`, `8.6 s`, `2 min 05 s`.
pub(crate) fn duration(duration: std::time::Duration) -> String {
    let milliseconds = duration.as_millis();
    match milliseconds {
        0..100 => format!("{milliseconds} ms"),
        100..60_000 => format!("{:.1} s", duration.as_secs_f64()),
        _ => format!(
            "{} min {:02} s",
            milliseconds / 60_000,
            milliseconds % 60_000 / 1000
        ),
    }
}

/// Rows in columns, two spaces apart, each column as wide as its widest cell.
pub(crate) fn columns(rows: &[Vec<String>], indent: usize) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count)
        .map(|column| {
            rows.iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| {
                format!(
                    "{cell}{}",
                    " ".repeat(width.saturating_sub(cell.chars().count()))
                )
            })
            .collect();
        lines.push(
            format!("{}{}", " ".repeat(indent), cells.join("  "))
                .trim_end()
                .to_owned(),
        );
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn durations_read_well() {
        let read: Vec<_> = [0, 41, 100, 8649, 59_949, 125_300]
            .map(|ms| duration(Duration::from_millis(ms)))
            .into();
        assert_eq!(
            read,
            ["0 ms", "41 ms", "0.1 s", "8.6 s", "59.9 s", "2 min 05 s"]
        );
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [
            vec!["a".into(), "bb".into(), "c".into()],
            vec!["aaa".into(), "b".into()],
        ];
        assert_eq!(columns(&rows, 2), "  a    bb  c\n  aaa  b");
    }
}
