//! The linter: what compiles and should be written differently.
//!
//! Invariants: one file per rule (or per family of rules that differ in a number or a word), each with a bad and a good
//! example that the tests compile; a rule reads the resolved file and never changes what is compiled; in doubt it stays
//! silent. Codes and default levels are those of the official linter.
//!
//! Absent: `use-recent-module-versions` (off by default; needs a registry's list of versions) and `stacks-extensibility-compat`
//! (only speaks where an experimental feature is on that this compiler does not have).

mod facts;
mod linter;
mod rule;
mod rules;
mod suppression;

use crate::model::Workspace;

pub(crate) use linter::Linter;
pub use rule::{Rule, RuleLevel};
pub(crate) use suppression::Suppressions;

/// Every rule, in the order of its code.
///
/// ```
/// let rule = taxiway_bicep::lint_rules().iter().find(|rule| rule.code == "no-unused-params").unwrap();
/// assert_eq!(rule.level, taxiway_bicep::RuleLevel::Warning);
/// ```
pub fn lint_rules() -> &'static [Rule] {
    rules::ALL
}

/// Reports what the rules say about the Bicep files that were read from where the entry is.
pub(crate) fn run(workspace: &Workspace<'_>) {
    for model in workspace.models() {
        let Ok(text) = workspace.text(&model.path) else {
            continue;
        };
        let configuration = workspace.configuration(&model.path);
        if !configuration.lints() {
            continue;
        }
        let facts = facts::Facts::of(&model, workspace);
        for rule in rules::ALL {
            let settings = configuration.rule(rule.code);
            let level = settings
                .and_then(|settings| settings.get("level")?.as_str())
                .and_then(RuleLevel::parse)
                .unwrap_or(rule.level);
            let Some(severity) = level.severity() else {
                continue;
            };
            let mut linter = Linter::new(&model, &text, &facts, rule.code, severity, settings);
            (rule.check)(&mut linter);
            for diagnostic in linter.found() {
                workspace.report(diagnostic);
            }
        }
    }
}
