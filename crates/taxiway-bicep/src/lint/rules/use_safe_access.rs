//! `use-safe-access`: `contains(…) ? … : …` where `.?` and `??` say the same.
//!
//! The official rule also warns of reading a property that may be null, which takes the types of values.

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::{BinaryOperator, Expr, ExprKind};

pub(super) const RULE: Rule = Rule {
    code: "use-safe-access",
    level: RuleLevel::Warning,
    summary: "what may be missing is read with `.?`",
    reason: "`tags.?owner ?? 'nobody'` names the property once; with `contains` a change in one place is easily forgotten in the other.",
    bad: "param tags object\noutput owner string = contains(tags, 'owner') ? tags.owner : 'nobody'\n",
    good: "param tags object\noutput owner string = tags.?owner ?? 'nobody'\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    for expr in linter.expressions() {
        let ExprKind::Ternary(condition, then, otherwise) = &expr.kind else {
            continue;
        };
        let Some(("contains", [container, key])) = linter.built_in(condition) else {
            continue;
        };
        let access = match &then.kind {
            ExprKind::Property {
                base,
                name,
                safe: false,
            } if key.plain_string() == Some(&name.text) && linter.are_alike(base, container) => {
                format!("{}.?{}", linter.slice(base.span), name.text)
            }
            ExprKind::Index {
                base,
                index,
                safe: false,
                from_end: false,
            } if linter.are_alike(index, key) && linter.are_alike(base, container) => {
                format!("{}[?{}]", linter.slice(base.span), linter.slice(index.span))
            }
            _ => continue,
        };
        let default = linter.slice(otherwise.span);
        let default = if binds_weaker(otherwise) {
            format!("({default})")
        } else {
            default.to_owned()
        };
        linter.report_with_fix(
            expr.span,
            "`.?` with `??` says this in one",
            "use safe access",
            [(expr.span, format!("{access} ?? {default}"))],
        );
    }
}

/// Whether an expression needs parentheses behind `??`.
fn binds_weaker(expr: &Expr) -> bool {
    matches!(
        &expr.kind,
        ExprKind::Ternary(..)
            | ExprKind::Binary(
                BinaryOperator::Or | BinaryOperator::And | BinaryOperator::Coalesce,
                ..
            )
    )
}
