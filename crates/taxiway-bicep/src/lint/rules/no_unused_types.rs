//! `no-unused-types`: a type that nothing is declared with.

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::decorator;
use crate::model::DeclarationKind;

pub(super) const RULE: Rule = Rule {
    code: "no-unused-types",
    level: RuleLevel::Warning,
    summary: "types are used",
    reason: "A type that nothing is declared with checks nothing; one that other files use carries `@export()`.",
    bad: "type size = 'small' | 'large'\ntype old = string\nparam plan size\noutput chosen string = plan\n",
    good: "type size = 'small' | 'large'\n@export()\ntype shared = string\nparam plan size\noutput chosen string = plan\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    let model = linter.model;
    for (id, declaration) in model.declarations.iter().enumerate() {
        if let DeclarationKind::Type(declared) = &declaration.kind
            && !declaration.name.text.is_empty()
            && !linter.facts.is_used(id)
            && decorator(&declared.decorators, "export").is_none()
        {
            let name = &declaration.name;
            linter.report_with_fix(
                name.span,
                format!("nothing uses the type `{}`", name.text),
                "remove the type",
                [(linter.rows(declared.span), String::new())],
            );
        }
    }
}
