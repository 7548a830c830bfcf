//! An action of a version that no longer works.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "retired-action",
    "an action of a version that no longer works",
    include_str!("retired_action.md"),
    look,
);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for workflow in &files.workflows {
        for uses in workflow.steps().filter_map(Step::uses) {
            if let Some((action, major)) = uses.text().and_then(retired_major) {
                let message = format!("`{action}` of version {major} is refused: the step fails");
                marks.push(Mark::at(workflow.value(uses), message).help("take the newest version, by its commit"));
            }
        }
    }
}
