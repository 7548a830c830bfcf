//! `simplify-interpolation`: a string that is nothing but one string.

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::{Expr, ExprKind, ObjectItem, Statement};

pub(super) const RULE: Rule = Rule {
    code: "simplify-interpolation",
    level: RuleLevel::Warning,
    summary: "a string is not wrapped in a string",
    reason: "`'${name}'` is `name`, where that is a string already.",
    bad: "param name string\noutput same string = '${name}'\n",
    good: "param name string\nparam count int\noutput same string = name\noutput text string = '${count}'\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    let mut values: Vec<&Expr> = Vec::new();
    for statement in &linter.model.statements {
        match statement {
            Statement::Parameter(parameter) => values.extend(&parameter.default),
            Statement::Variable(variable) => values.push(&variable.value),
            Statement::Output(output) => values.push(&output.value),
            _ => {}
        }
    }
    for expr in linter.expressions() {
        if let ExprKind::Object(object) = &expr.kind {
            values.extend(object.items.iter().filter_map(value_of));
        }
    }
    let resources = linter
        .model
        .resources
        .iter()
        .map(|resource| &resource.syntax.body);
    let modules = linter
        .model
        .modules
        .iter()
        .map(|module| &module.syntax.body);
    for object in resources
        .chain(modules)
        .filter_map(|body| body.object.as_ref())
    {
        values.extend(object.items.iter().filter_map(value_of));
    }
    for value in values {
        if let ExprKind::String(literal) = &value.kind
            && let [only] = literal.parts.as_slice()
            && literal.segments.iter().all(String::is_empty)
            && linter.is_string(only)
        {
            let inner = linter.slice(only.span).to_owned();
            linter.report_with_fix(
                value.span,
                "this string is nothing but the string inside it",
                "remove the interpolation",
                [(value.span, inner)],
            );
        }
    }
}

fn value_of(item: &ObjectItem) -> Option<&Expr> {
    match item {
        ObjectItem::Property(property) => Some(&property.value),
        ObjectItem::Spread(_) | ObjectItem::Resource(_) => None,
    }
}
