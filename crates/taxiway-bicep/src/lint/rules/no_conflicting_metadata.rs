//! `no-conflicting-metadata`: a description given twice.

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::{Decorator, ExprKind, ObjectItem, Statement, TypeExpr, TypeKind, decorator};

pub(super) const RULE: Rule = Rule {
    code: "no-conflicting-metadata",
    level: RuleLevel::Warning,
    summary: "what a decorator sets is not set by `@metadata()` too",
    reason: "`@description()` wins, and what `@metadata()` says of it is lost without a word.",
    bad: "@description('the name')\n@metadata({ description: 'another text' })\nparam name string\noutput same string = name\n",
    good: "@description('the name')\n@metadata({ owner: 'me' })\nparam name string\noutput same string = name\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    for statement in &linter.model.statements {
        match statement {
            Statement::Parameter(parameter) => {
                decorators(linter, &parameter.decorators);
                if let Some(kind) = &parameter.kind {
                    inside(linter, kind);
                }
            }
            Statement::Variable(variable) => decorators(linter, &variable.decorators),
            Statement::Function(function) => decorators(linter, &function.decorators),
            Statement::Type(declared) => {
                decorators(linter, &declared.decorators);
                inside(linter, &declared.value);
            }
            Statement::Output(output) => {
                decorators(linter, &output.decorators);
                inside(linter, &output.kind);
            }
            _ => {}
        }
    }
}

fn decorators(linter: &mut Linter<'_>, decorators: &[Decorator]) {
    let (Some(_), Some([metadata, ..])) = (
        decorator(decorators, "description"),
        decorator(decorators, "metadata"),
    ) else {
        return;
    };
    let ExprKind::Object(object) = &metadata.kind else {
        return;
    };
    for item in &object.items {
        if let ObjectItem::Property(property) = item
            && property.key.plain() == Some("description")
        {
            linter.report(property.key.span, "`@description()` overwrites this");
        }
    }
}

fn inside(linter: &mut Linter<'_>, kind: &TypeExpr) {
    match &kind.kind {
        TypeKind::Object {
            members,
            additional,
        } => {
            for member in members {
                decorators(linter, &member.decorators);
                inside(linter, &member.kind);
            }
            if let Some(additional) = additional {
                decorators(linter, &additional.decorators);
                inside(linter, &additional.kind);
            }
        }
        TypeKind::Tuple(items) => {
            for (own, item) in items {
                decorators(linter, own);
                inside(linter, item);
            }
        }
        TypeKind::Array(inner) | TypeKind::Nullable(inner) | TypeKind::Paren(inner) => {
            inside(linter, inner)
        }
        _ => {}
    }
}
