//! A finding is allowed without a reason.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "suppression-without-reason",
    "a finding is allowed without a reason",
    include_str!("suppression_without_reason.md"),
    look,
)
.warning();

fn look(_graph: &Graph<'_>, _report: &mut Report<'_>) {
    // The run looks at suppressions itself, when all else is judged.
}
