//! `no-unused-vars`: a variable that nothing reads.

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::decorator;
use crate::model::DeclarationKind;

pub(super) const RULE: Rule = Rule {
    code: "no-unused-vars",
    level: RuleLevel::Warning,
    summary: "variables are used",
    reason: "A variable that nothing reads is what is left of a change, and has to be read all the same.",
    bad: "var used = 1\nvar left = 2\noutput value int = used\n",
    good: "var used = 1\n@export()\nvar shared = 2\noutput value int = used\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    let model = linter.model;
    for (id, declaration) in model.declarations.iter().enumerate() {
        if let DeclarationKind::Variable(variable) = &declaration.kind
            && !declaration.name.text.is_empty()
            && !linter.facts.is_used(id)
            && decorator(&variable.decorators, "export").is_none()
        {
            let name = &declaration.name;
            linter.report_with_fix(
                name.span,
                format!("nothing uses the variable `{}`", name.text),
                "remove the variable",
                [(linter.rows(variable.span), String::new())],
            );
        }
    }
}
