//! Telemetry is sent with a library that is retired.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "retired-telemetry",
    "telemetry is sent with a library that is retired",
    include_str!("retired_telemetry.md"),
    look,
)
.warning()
.gate(Gate::Operations);

fn look(files: &Files, marks: &mut Marks<'_>) {
    let message = "OpenCensus is retired since 2024, and behind gunicorn's workers it sent nothing";
    let help = "azure-monitor-opentelemetry, set up in each worker after the fork";
    for text in &files.texts {
        let name = text.path.file_name().unwrap_or_default();
        if !name.contains("requirements") && name != "pyproject.toml" {
            continue;
        }
        let mut start = 0;
        for line in text.text.split_inclusive('\n') {
            let entry = line.trim_start_matches([' ', '"', '\'', '-']);
            if entry.starts_with("opencensus") {
                let at = start + line.len() - entry.len();
                let end = at + entry.find(|character: char| !character.is_ascii_alphanumeric() && character != '-').unwrap_or(entry.trim_end().len());
                marks.push(Mark::at(text.location(at, end), message).help(help));
            }
            start += line.len();
        }
    }
    for module in &files.modules {
        let import = module.body().iter().find(|statement| {
            let text = &module.text[range(statement)];
            text.starts_with("from opencensus") || text.starts_with("import opencensus")
        });
        if let Some(import) = import {
            marks.push(Mark::at(module.location(import), message).help(help));
        }
    }
}

fn range(statement: &ruff_python_ast::Stmt) -> std::ops::Range<usize> {
    let range = ruff_text_size::Ranged::range(statement);
    range.start().to_usize()..range.end().to_usize()
}
