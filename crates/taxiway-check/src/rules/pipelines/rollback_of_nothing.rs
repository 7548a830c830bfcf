//! A rollback runs although nothing was swapped.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "rollback-of-nothing",
    "a rollback runs although nothing was swapped",
    include_str!("rollback_of_nothing.md"),
    look,
);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for workflow in &files.workflows {
        for job in &workflow.jobs {
            for step in &job.steps {
                let Some(swap) = commands_of(step).find(|(_, command)| is_swap(command)) else { continue };
                let holder = if step.condition().contains("failure()") { &step.node } else { &job.node };
                let Some(when) = holder.get("if") else { continue };
                let text = when.text().unwrap_or_default();
                if !text.contains("failure()") {
                    continue;
                }
                let first = first_swap(workflow, job, step);
                let knows = contexts(text, true).iter().any(|reference| reference.is(&["steps"]) || reference.is(&["needs"]));
                match first {
                    Some(_) if knows => {}
                    Some(first) => {
                        let message = "this swaps back whenever anything failed, also when the first swap never happened: it then brings the rejected release into production";
                        marks.push(Mark::at(workflow.value(when), message).label(first, "the first swap").help("give that step an id, and add `&& steps.ID.outcome == 'success'`"));
                    }
                    None => {
                        let message = "this swaps in whatever the slot holds: the release that failed was never there, nor was the one before it";
                        marks.push(Mark::at(swap.0.place(&swap.1), message).help("deploy to the slot, swap, and swap back when that went wrong"));
                    }
                }
            }
        }
    }
}

/// The swap of another step that runs when all is well.
fn first_swap(workflow: &Workflow, own: &Job, rollback: &Step) -> Option<taxiway_diagnostics::Location> {
    let jobs = before(workflow, own).into_iter().chain([own]);
    jobs.flat_map(|job| &job.steps).filter(|step| step.node.start != rollback.node.start && !step.condition().contains("failure()")).find_map(|step| {
        let (script, command) = commands_of(step).find(|(_, command)| is_swap(command))?;
        Some(script.place(&command))
    })
}
