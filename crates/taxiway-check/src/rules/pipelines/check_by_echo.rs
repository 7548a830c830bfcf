//! A check of the deployed release prints that all is well.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "check-by-echo",
    "a check of the deployed release prints that all is well",
    include_str!("check_by_echo.md"),
    look,
)
.warning()
.gate(Gate::Operations);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for step in files.workflows.iter().flat_map(Workflow::steps) {
        let Some(script) = &step.run else { continue };
        let name = step.name().to_lowercase();
        let is_check = ["health check", "health-check", "healthcheck", "smoke test", "smoke-test", "verify deploy", "verify the deploy", "check health", "post-deploy check"].iter().any(|word| name.contains(word));
        let commands = script.commands();
        let is_silent = |command: &Command| matches!(command.program(), "echo" | "printf" | "true" | ":" | "sleep" | "");
        let has_echo = commands.iter().any(|command| matches!(command.program(), "echo" | "printf"));
        // What is written elsewhere is a report, and what is guarded reports a result.
        let is_report = script.text.contains("GITHUB_") || !step.condition().is_empty() || script.text.contains("${{");
        if is_check && has_echo && !is_report && commands.iter().all(is_silent) && let Some(first) = commands.first() {
            let message = format!("`{}` asks nobody: it prints, and passes", step.name());
            marks.push(Mark::at(script.place(first), message).help("ask the release for its health, and fail when it does not answer 200"));
        }
    }
}
