//! A scan finds something, and the job is green.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "scan-cannot-fail",
    "a scan finds something, and the job is green",
    include_str!("scan_cannot_fail.md"),
    look,
)
.warning()
.gate(Gate::Security)
.benchmarks(&[Mcsb("DS-4")]);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for script in files.pipeline_scripts() {
        let commands = script.commands();
        for command in &commands {
            let Some(name) = scanner(command) else { continue };
            if let Some(excuse) = is_excused(command, &commands) {
                let message = format!("`{name}` may find what it likes: `|| {}` makes it a success", excuse.program());
                marks.push(Mark::at(script.location(command.start, excuse.end), message).help("let it fail, and list what is accepted by name, each with its reason"));
            } else if let Some(word) = command.words.iter().find(|word| matches!(word.text.as_str(), "--exit-zero" | "--soft-fail")) {
                marks.push(Mark::at(script.location(word.start, word.end), format!("`{name}` may find what it likes, and ends well")));
            }
        }
    }
    for workflow in &files.workflows {
        for job in &workflow.jobs {
            for step in &job.steps {
                let Some(name) = commands_of(step).find_map(|(_, command)| scanner(&command)) else { continue };
                let excuse = step.node.get("continue-on-error").or_else(|| job.node.get("continue-on-error"));
                if let Some(excuse) = excuse.filter(|excuse| excuse.text() == Some("true")) {
                    let message = format!("`{name}` may find what it likes: the job goes on, and is green");
                    let location = workflow.place(excuse.key.0, excuse.end);
                    marks.push(Mark::at(location, message).help("let it fail, and list what is accepted by name, each with its reason"));
                }
            }
        }
    }
}
