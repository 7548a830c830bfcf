//! A rule is allowed that does not exist.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "unknown-rule-allowed",
    "a rule is allowed that does not exist",
    include_str!("unknown_rule_allowed.md"),
    look,
)
.warning();

fn look(_graph: &Graph<'_>, _report: &mut Report<'_>) {
    // The run looks at suppressions itself, when all else is judged.
}
