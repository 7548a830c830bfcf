//! `no-unused-params`: a parameter that nothing reads.

use super::super::{Linter, Rule, RuleLevel};
use crate::model::DeclarationKind;

pub(super) const RULE: Rule = Rule {
    code: "no-unused-params",
    level: RuleLevel::Warning,
    summary: "parameters are used",
    reason: "Whoever deploys the file must give or at least understand each of its parameters; one that changes nothing misleads.",
    bad: "param name string\nparam old string\noutput greeting string = 'hello ${name}'\n",
    good: "param name string\noutput greeting string = 'hello ${name}'\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    if linter.model.path.extension() == Some("bicepparam") {
        return;
    }
    let model = linter.model;
    for (id, declaration) in model.declarations.iter().enumerate() {
        if let DeclarationKind::Parameter(parameter) = &declaration.kind
            && !declaration.name.text.is_empty()
            && !linter.facts.is_used(id)
        {
            let name = &declaration.name;
            linter.report_with_fix(
                name.span,
                format!("nothing uses the parameter `{}`", name.text),
                "remove the parameter",
                [(linter.rows(parameter.span), String::new())],
            );
        }
    }
}
