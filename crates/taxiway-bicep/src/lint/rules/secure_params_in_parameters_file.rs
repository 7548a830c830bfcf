//! `secure-params-in-parameters-file`: a secret that is handed to a parameter which keeps no secrets.

use std::collections::HashSet;

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::walk::descendants;
use crate::ast::{Expr, ExprKind};
use crate::model::DeclarationKind;

pub(super) const RULE: Rule = Rule {
    code: "secure-params-in-parameters-file",
    level: RuleLevel::Warning,
    summary: "what is made of a secure parameter goes to secure parameters only",
    reason: "The value of any other parameter stays readable in the history of deployments.",
    bad: "@secure()\nparam password string\nparam connection string\noutput length int = length(password) + length(connection)\n--- main.bicepparam\nusing 'main.bicep'\nparam password = 'x'\nvar login = 'admin:${password}'\nparam connection = 'postgresql://${login}@host'\n",
    good: "@secure()\nparam password string\n@secure()\nparam connection string\noutput length int = length(password) + length(connection)\n--- main.bicepparam\nusing 'main.bicep'\nparam password = 'x'\nvar login = 'admin:${password}'\nparam connection = 'postgresql://${login}@host'\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    if linter.model.path.extension() != Some("bicepparam") {
        return;
    }
    for parameter in linter.parameters() {
        let Some(value) = &parameter.default else {
            continue;
        };
        if linter.facts.takes_secret(&parameter.name.text) != Some(false) {
            continue;
        }
        let secrets = secrets_in(linter, value);
        if !secrets.is_empty() {
            let name = &parameter.name.text;
            let secrets = secrets.join("`, `");
            linter.report(
                value.span,
                format!("`{name}` is not secure, and is made of the secure `{secrets}`"),
            );
        }
    }
}

/// The secure parameters that a value is made of, through variables and other parameters.
fn secrets_in<'a>(linter: &Linter<'a>, value: &'a Expr) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        descendants(value, &mut |expr| {
            let ExprKind::Name(name) = &expr.kind else {
                return;
            };
            match linter.named(expr) {
                Some(DeclarationKind::Variable(variable)) if seen.insert(&*name.text) => {
                    waiting.push(&variable.value);
                }
                Some(DeclarationKind::Parameter(parameter)) if seen.insert(&*name.text) => {
                    if linter.facts.takes_secret(&name.text) == Some(true) {
                        found.push(&*name.text);
                    }
                    waiting.extend(&parameter.default);
                }
                _ => {}
            }
        });
    }
    found.sort_unstable();
    found
}
