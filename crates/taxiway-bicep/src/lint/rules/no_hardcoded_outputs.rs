//! `no-hardcoded-outputs`: an output that says nothing about the deployment.

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::{ArrayItem, Expr, ExprKind, ObjectItem};

pub(super) const RULE: Rule = Rule {
    code: "no-hardcoded-outputs",
    level: RuleLevel::Off,
    summary: "outputs tell what was deployed",
    reason: "A constant is known before anything is deployed: export a variable instead.",
    bad: "output region string = 'westeurope'\n",
    good: "output region string = resourceGroup().location\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    for output in &linter.model.outputs {
        if is_constant(&output.value) {
            linter.report(
                output.value.span,
                format!(
                    "the output `{}` is a constant: an exported variable says the same",
                    output.name.text
                ),
            );
        }
    }
}

fn is_constant(expr: &Expr) -> bool {
    match &expr.bare().kind {
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Int(_) => true,
        ExprKind::String(literal) => literal.plain().is_some(),
        ExprKind::Unary(_, operand) => is_constant(operand),
        ExprKind::Array(items) => items.iter().all(|item| match item {
            ArrayItem::Value(value) => is_constant(value),
            ArrayItem::Spread(_) => false,
        }),
        ExprKind::Object(object) => object.items.iter().all(|item| match item {
            ObjectItem::Property(property) => is_constant(&property.value),
            ObjectItem::Spread(_) | ObjectItem::Resource(_) => false,
        }),
        _ => false,
    }
}
