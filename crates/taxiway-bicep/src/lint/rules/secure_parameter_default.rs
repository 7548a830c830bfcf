//! `secure-parameter-default`: a secret that stands in the file.

use taxiway_diagnostics::Span;

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::walk::descendants;
use crate::ast::{Expr, ExprKind};

pub(super) const RULE: Rule = Rule {
    code: "secure-parameter-default",
    level: RuleLevel::Warning,
    summary: "a secure parameter has no default value",
    reason: "A default stands in the repository and in the history of deployments, where everybody reads it.",
    bad: "@secure()\nparam password string = 'hunter2'\nmodule inner 'inner.bicep' = {\n  name: 'inner'\n  params: { password: password }\n}\n--- inner.bicep\n@secure()\nparam password string\n",
    good: "@secure()\nparam password string = newGuid()\nmodule inner 'inner.bicep' = {\n  name: 'inner'\n  params: { password: password }\n}\n--- inner.bicep\n@secure()\nparam password string\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    if linter.model.path.extension() == Some("bicepparam") {
        return;
    }
    for parameter in linter.parameters() {
        let Some(default) = &parameter.default else {
            continue;
        };
        if !linter.is_secure(parameter) || is_harmless(linter, default) {
            continue;
        }
        let before = &linter.text[..default.span.start as usize];
        let equals = before.rfind('=').map_or(default.span.start, |at| {
            u32::try_from(at).unwrap_or(default.span.start)
        });
        let span = Span::new(equals, default.span.end);
        linter.report_with_fix(
            span,
            format!(
                "the secure parameter `{}` has a default value that anybody can read",
                parameter.name.text
            ),
            "remove the default value",
            [(span, String::new())],
        );
    }
}

/// Nothing at all, something random, or another secret.
fn is_harmless<'a>(linter: &Linter<'a>, default: &'a Expr) -> bool {
    let is_empty = match &default.bare().kind {
        ExprKind::Object(object) => object.items.is_empty(),
        ExprKind::String(literal) => literal.plain() == Some(""),
        _ => false,
    };
    let mut is_random = false;
    descendants(default, &mut |expr| {
        is_random |= linter
            .built_in(expr)
            .is_some_and(|(name, _)| name == "newGuid");
    });
    is_empty || is_random || linter.secure_parameter(default).is_some()
}
