//! Text that anybody may write becomes part of a script.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "untrusted-text-in-script",
    "text that anybody may write becomes part of a script",
    include_str!("untrusted_text_in_script.md"),
    look,
)
.gate(Gate::Security)
.benchmarks(&[Mcsb("DS-3")]);

/// Source: GitHub, security hardening, "Understanding the risk of script injections".
const UNTRUSTED: [&[&str]; 12] = [
    &["github", "head_ref"],
    &["github", "event", "issue", "title"],
    &["github", "event", "issue", "body"],
    &["github", "event", "pull_request", "title"],
    &["github", "event", "pull_request", "body"],
    &["github", "event", "pull_request", "head", "ref"],
    &["github", "event", "pull_request", "head", "label"],
    &["github", "event", "comment", "body"],
    &["github", "event", "review", "body"],
    &["github", "event", "discussion", "body"],
    &["github", "event", "head_commit", "message"],
    &["github", "event", "workflow_run", "head_branch"],
];

fn look(files: &Files, marks: &mut Marks<'_>) {
    for workflow in &files.workflows {
        for script in workflow.steps().filter_map(|step| step.run.as_ref()) {
            for reference in contexts(&script.text, false) {
                if UNTRUSTED.iter().any(|path| reference.is(path)) {
                    let name = reference.parts.join(".");
                    let message = format!("whoever writes `{name}` writes a part of this script");
                    marks.push(Mark::at(script.location(reference.start, reference.end), message).help("give it to the step in `env`, and use \"$NAME\" in the script"));
                }
            }
        }
    }
}
