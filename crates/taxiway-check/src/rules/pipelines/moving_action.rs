//! An action is named by a tag or a branch, which moves.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "moving-action",
    "an action is named by a tag or a branch, which moves",
    include_str!("moving_action.md"),
    look,
)
.warning()
.gate(Gate::Security)
.benchmarks(&[Mcsb("DS-2")]);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for workflow in &files.workflows {
        let called = workflow.jobs.iter().filter_map(|job| job.node.get("uses"));
        for uses in workflow.steps().filter_map(Step::uses).chain(called) {
            let Some((action, version)) = uses.text().and_then(|text| text.split_once('@')) else { continue };
            let is_pinned = version.len() == 40 && version.bytes().all(|byte| byte.is_ascii_hexdigit());
            let is_refused = uses.text().and_then(retired_major).is_some();
            if is_pinned || is_refused || action.starts_with(['.', '$']) || action.starts_with("docker://") {
                continue;
            }
            let is_branch = matches!(version, "main" | "master" | "develop" | "latest" | "HEAD");
            let what = if is_branch { "a branch" } else { "a tag" };
            let message = format!("`{action}@{version}` is {what}: tomorrow it may be other code, with this job's rights");
            let mark = Mark::at(workflow.value(uses), message).help("name the commit, with the version as a comment; Dependabot keeps both up to date");
            // Their owner is the host itself: who could move these can read the secrets anyway.
            let is_of_the_host = ["actions/", "github/"].iter().any(|owner| action.starts_with(owner));
            marks.push(if is_of_the_host && !is_branch { mark.pedantic() } else { mark });
        }
    }
}
