//! A finding is allowed that does not exist.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "stale-suppression",
    "a finding is allowed that does not exist",
    include_str!("stale_suppression.md"),
    look,
)
.warning();

fn look(_graph: &Graph<'_>, _report: &mut Report<'_>) {
    // The run looks at suppressions itself, when all else is judged.
}
