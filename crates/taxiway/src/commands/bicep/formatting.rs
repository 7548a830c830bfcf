//! `taxiway bicep format`.

use camino::Utf8Path;
use taxiway_bicep::FormatOptions;
use taxiway_diagnostics::Sources as _;

use super::inputs::{Input, Inputs};
use super::report::relative;
use crate::arguments::Formatted;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::terminal::Terminal;
use crate::wording::counted;

/// Formats files in place, or says which are not formatted; standard input goes to standard output.
pub(super) fn run(formatted: &Formatted, terminal: &Terminal) -> Outcome {
    let inputs = Inputs::open(&formatted.files, &["bicep", "bicepparam"])?;
    let mut exit = Exit::Done;
    let mut changed = 0;
    for input in &inputs.files {
        let before = inputs.sources.read_text(&input.path).map_err(|error| {
            Failure::usage(format!("`{}` cannot be read", input.shown)).because(&error)
        })?;
        let (_, errors) = taxiway_bicep::syntax::parse(&before);
        if !errors.is_empty() {
            terminal.say(format_args!(
                "{} is left alone: it cannot be parsed (taxiway bicep lint {})",
                input.shown, input.shown
            ));
            exit = Exit::Findings;
        }
        let options = FormatOptions::find(&inputs.sources, &input.path);
        let after = taxiway_bicep::format_with(&before, &options);
        if input.is_standard && !formatted.check && !formatted.diff {
            terminal.print_exactly(&after);
        } else if after != before {
            changed += 1;
            tell(input, &before, &after, formatted, terminal)?;
            if formatted.check || formatted.diff {
                exit = Exit::Findings;
            }
        }
    }
    if formatted.check && changed > 0 {
        terminal.say(format_args!(
            "not formatted: {changed} of {}",
            counted(inputs.files.len(), "file")
        ));
    }
    Ok(exit)
}

fn tell(
    input: &Input,
    before: &str,
    after: &str,
    formatted: &Formatted,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let shown = relative(&input.path);
    if formatted.diff {
        terminal.print(difference(&shown, before, after).trim_end());
    } else if formatted.check {
        terminal.say(format_args!("{shown} is not formatted"));
    } else {
        std::fs::write(&input.path, after).map_err(|error| {
            Failure::failed(format!("`{shown}` cannot be written")).because(&error)
        })?;
        terminal.say(&shown);
    }
    Ok(())
}

fn difference(path: &Utf8Path, before: &str, after: &str) -> String {
    let patch = diffy::create_patch(before, after).to_string();
    // The library's own header names `original` and `modified`; ours names the file.
    let is_header = |line: &&str| line.starts_with("---") || line.starts_with("+++");
    let body: String = patch.split_inclusive('\n').skip_while(is_header).collect();
    format!("--- {path}\n+++ {path}\n{body}")
}
