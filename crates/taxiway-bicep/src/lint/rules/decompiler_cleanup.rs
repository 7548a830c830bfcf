//! `decompiler-cleanup`: names that a decompiler made up.

use super::super::{Linter, Rule, RuleLevel};

pub(super) const RULE: Rule = Rule {
    code: "decompiler-cleanup",
    level: RuleLevel::Warning,
    summary: "names are chosen, not left over",
    reason: "A decompiler that found a name taken adds `_var` or `_resource`; the reader is helped by a word that says what it is.",
    bad: "var plan_var = 'plan'\noutput name string = plan_var\n",
    good: "var planName = 'plan'\noutput name string = planName\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    for resource in &linter.model.resources {
        let name = &resource.syntax.name;
        let own = resource
            .syntax
            .body
            .object
            .as_ref()
            .and_then(|object| object.get("name"));
        if let Some(own) = own
            && is_left_over(&name.text, "_resource")
        {
            linter.report(own.value.span, message(&name.text));
        }
    }
    for variable in linter.variables() {
        if is_left_over(&variable.name.text, "_var") {
            linter.report(variable.name.span, message(&variable.name.text));
        }
    }
}

fn message(name: &str) -> String {
    format!("`{name}` reads as if a decompiler had made it up: find a word for it")
}

fn is_left_over(name: &str, suffix: &str) -> bool {
    let before = name
        .strip_suffix(suffix)
        .and_then(|rest| rest.chars().next_back());
    before.is_some_and(|character| character.is_ascii_alphanumeric())
}
