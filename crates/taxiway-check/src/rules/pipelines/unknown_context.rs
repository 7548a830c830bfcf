//! An expression names something that does not exist.

use std::collections::BTreeSet;

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "unknown-context",
    "an expression names something that does not exist",
    include_str!("unknown_context.md"),
    look,
);

/// Source: GitHub, contexts reference, `github` context.
const GITHUB: [&str; 41] = [
    "action", "action_path", "action_ref", "action_repository", "action_status", "actor", "actor_id", "api_url", "artifact_cache_size_limit", "base_ref",
    "env", "event", "event_name", "event_path", "graphql_url", "head_ref", "job", "job_workflow_sha", "output", "path", "ref", "ref_name", "ref_protected", "ref_type", "repository",
    "repository_id", "repository_owner", "repository_owner_id", "repositoryurl", "repository_visibility", "retention_days", "run_attempt", "run_id",
    "run_number", "secret_source", "server_url", "sha", "state", "step_summary", "token", "triggering_actor",
];
const GITHUB_MORE: [&str; 5] = ["workflow", "workflow_ref", "workflow_sha", "workspace", "*"];

fn look(files: &Files, marks: &mut Marks<'_>) {
    for workflow in &files.workflows {
        let inputs = inputs(workflow);
        let mut seen = BTreeSet::new();
        workflow.root.scalars(&mut |node| {
            let raw = &workflow.text[node.start..node.end];
            for reference in contexts(raw, false) {
                let Some(message) = wrong(&reference, inputs.as_ref()) else { continue };
                let (start, end) = (node.start + reference.start, node.start + reference.end);
                if seen.insert(start) {
                    marks.push(Mark::at(workflow.place(start, end), message));
                }
            }
        });
        for job in &workflow.jobs {
            needs(workflow, job, marks);
        }
    }
}

fn wrong(reference: &Reference, inputs: Option<&BTreeSet<String>>) -> Option<String> {
    let [context, name, ..] = reference.parts.as_slice() else { return None };
    let lower = name.to_lowercase();
    if context == "github" && !GITHUB.contains(&lower.as_str()) && !GITHUB_MORE.contains(&lower.as_str()) {
        let help = if lower == "inputs" { ": the inputs of a run are in `inputs`" } else { "" };
        return Some(format!("`github.{name}` does not exist, and is empty{help}"));
    }
    let inputs = inputs.filter(|_| context == "inputs")?;
    (!inputs.contains(&lower) && lower != "*").then(|| format!("no trigger of this workflow has an input `{name}`: it is empty"))
}

/// The inputs of all triggers, in lower case; `None` where they cannot all be seen.
fn inputs(workflow: &Workflow) -> Option<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let own = workflow.root.get("inputs");
    let triggers = ["workflow_dispatch", "workflow_call"].map(|name| workflow.trigger(name).and_then(|trigger| trigger.get("inputs")));
    for inputs in triggers.into_iter().chain([own]).flatten() {
        found.extend(inputs.entries().iter().map(|(name, _)| name.to_lowercase()));
    }
    Some(found)
}

/// Results of jobs that the job does not wait for.
fn needs(workflow: &Workflow, job: &Job, marks: &mut Marks<'_>) {
    let needs = job.needs();
    job.node.scalars(&mut |node| {
        let raw = &workflow.text[node.start..node.end];
        for reference in contexts(raw, false) {
            let [context, name, ..] = reference.parts.as_slice() else { continue };
            if context == "needs" && name != "*" && !needs.iter().any(|need| need.eq_ignore_ascii_case(name)) {
                let message = format!("job `{}` does not need `{name}`, so this is empty", job.id);
                marks.push(Mark::at(workflow.place(node.start + reference.start, node.start + reference.end), message));
            }
        }
    });
}
