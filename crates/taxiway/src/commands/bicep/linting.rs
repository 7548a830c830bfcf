//! `taxiway bicep lint`.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use taxiway_bicep::Options;
use taxiway_diagnostics::{Diagnostic, Edit, FixSafety, Severity, Sources as _};

use super::inputs::Inputs;
use super::report::{Report, Stream};
use crate::arguments::{Format, Linted};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::surroundings;
use crate::terminal::Terminal;
use crate::wording::counted;

/// Says what the compiler and its rules find; with `--fix` mends what can be mended first.
pub(super) fn run(linted: &Linted, terminal: &Terminal) -> Outcome {
    let inputs = Inputs::open(&linted.files, &["bicep", "bicepparam"])?;
    let mut report = check(&inputs, linted);
    if linted.fix {
        let mended = mend(&report, &inputs)?;
        for path in &mended {
            terminal.say(format_args!("{} mended", super::report::relative(path)));
        }
        if !mended.is_empty() {
            report = check(&inputs, linted);
        }
    }
    report.show(&inputs.sources, terminal, Stream::Output);
    let (errors, warnings) = (
        report.count(Severity::Error),
        report.count(Severity::Warning),
    );
    if terminal.format() == Format::Text && terminal.draws_progress() {
        terminal.say(format_args!(
            "{}, {} in {}",
            counted(errors, "error"),
            counted(warnings, "warning"),
            counted(inputs.files.len(), "file")
        ));
    }
    Ok(if errors + warnings > 0 {
        Exit::Findings
    } else {
        Exit::Done
    })
}

fn check(inputs: &Inputs, linted: &Linted) -> Report {
    let options = Options {
        module_cache: Some(surroundings::module_cache(linted.module_cache.as_deref())),
        lint: true,
    };
    let mut report = Report::default();
    for input in &inputs.files {
        let diagnostics = if input.path.extension() == Some("bicepparam") {
            let environment = &surroundings::variable_or_empty;
            taxiway_bicep::compile_parameters_with(
                &inputs.sources,
                &input.path,
                environment,
                &options,
            )
            .diagnostics
        } else {
            taxiway_bicep::compile_with(&inputs.sources, &input.path, &options).diagnostics
        };
        report.add(diagnostics);
    }
    report
}

/// Applies every fix that keeps the meaning, and says which files it changed.
fn mend(report: &Report, inputs: &Inputs) -> Result<Vec<Utf8PathBuf>, Failure> {
    let mut edits: BTreeMap<Utf8PathBuf, Vec<&Edit>> = BTreeMap::new();
    let fixes = report
        .diagnostics()
        .iter()
        .filter_map(|Diagnostic { fix, .. }| fix.as_ref());
    for fix in fixes.filter(|fix| fix.safety == FixSafety::Safe) {
        for edit in &fix.edits {
            edits
                .entry(edit.location.path.clone())
                .or_default()
                .push(edit);
        }
    }
    let mut mended = Vec::new();
    for (path, mut edits) in edits {
        if inputs
            .files
            .iter()
            .any(|input| input.is_standard && input.path == path)
        {
            continue;
        }
        let mut text = inputs
            .sources
            .read_text(&path)
            .map_err(|error| Failure::failed(format!("`{path}` cannot be read")).because(&error))?;
        // From the end, so that places stay where they are; of two that overlap the later run takes the other.
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.location.span));
        let mut from = u32::MAX;
        for edit in edits {
            if edit.location.span.end <= from {
                text.replace_range(edit.location.span.range(), &edit.replacement);
                from = edit.location.span.start;
            }
        }
        std::fs::write(&path, text).map_err(|error| {
            Failure::failed(format!("`{path}` cannot be written")).because(&error)
        })?;
        mended.push(path);
    }
    Ok(mended)
}
