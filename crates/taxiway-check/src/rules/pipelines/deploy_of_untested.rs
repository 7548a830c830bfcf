//! A push deploys whether its tests pass or not.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "deploy-of-untested",
    "a push deploys whether its tests pass or not",
    include_str!("deploy_of_untested.md"),
    look,
)
.confidence(Confidence::Medium)
.gate(Gate::Operations);

fn look(files: &Files, marks: &mut Marks<'_>) {
    let tests = |job: &Job| job.steps.iter().any(|step| commands_of(step).any(|(_, command)| is_test(&command)));
    let Some(tested) = files.workflows.iter().find(|workflow| workflow.jobs.iter().any(tests)) else { return };
    for workflow in &files.workflows {
        let Some(push) = workflow.trigger("push") else { continue };
        for job in &workflow.jobs {
            let Some(step) = job.steps.iter().find(|step| is_deployment(step)) else { continue };
            // A called workflow may be the one that tests.
            let is_tested = |job: &Job| tests(job) || job.node.get("uses").is_some();
            let waits = job.steps.iter().take_while(|other| other.node.start < step.node.start).any(|other| {
                commands_of(other).any(|(_, command)| is_test(&command)) || other.action().contains("wait")
            });
            if waits || before(workflow, job).into_iter().any(is_tested) || condition(&job.node).contains("github.event_name ==") {
                continue;
            }
            let message = format!("a push deploys by job `{}`, whether its tests pass or not", job.id);
            marks.push(Mark::at(workflow.location(push), message).label(workflow.location(&job.node), "this deploys").help(format!("let it need the jobs of {} in one workflow, or start on its success", tested.path)));
            break;
        }
    }
}
