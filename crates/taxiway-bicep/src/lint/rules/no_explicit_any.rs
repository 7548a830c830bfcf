//! `no-explicit-any`: the type `any`.

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::{Statement, TypeExpr, TypeKind};

pub(super) const RULE: Rule = Rule {
    code: "no-explicit-any",
    level: RuleLevel::Warning,
    summary: "types say what a value is",
    reason: "With `any` nothing is checked before the deployment.",
    bad: "func same(value any) string => '${value}'\noutput result string = same('x')\n",
    good: "func same(value string) string => value\noutput result string = same('x')\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    for statement in &linter.model.statements {
        let kinds: Vec<&TypeExpr> = match statement {
            Statement::Parameter(parameter) => parameter.kind.iter().collect(),
            Statement::Variable(variable) => variable.kind.iter().collect(),
            Statement::Output(output) => vec![&output.kind],
            Statement::Type(declared) => vec![&declared.value],
            Statement::Function(function) => {
                let parameters = function.parameters.iter().map(|(_, kind)| kind);
                parameters.chain([&function.output]).collect()
            }
            _ => continue,
        };
        for kind in kinds {
            visit(linter, kind);
        }
    }
}

fn visit(linter: &mut Linter<'_>, kind: &TypeExpr) {
    match &kind.kind {
        TypeKind::Name(name, arguments) => {
            if &*name.text == "any" && linter.model.target(name).is_none() {
                linter.report(name.span, "with the type `any` nothing is checked");
            }
            for argument in arguments {
                visit(linter, argument);
            }
        }
        TypeKind::Property(base, name, arguments) => {
            if let TypeKind::Name(namespace, _) = &base.kind
                && &*namespace.text == "sys"
                && &*name.text == "any"
            {
                linter.report(namespace.span, "with the type `any` nothing is checked");
            }
            for argument in arguments {
                visit(linter, argument);
            }
        }
        TypeKind::AdditionalOf(inner)
        | TypeKind::ItemOf(inner)
        | TypeKind::IndexOf(inner, _)
        | TypeKind::Array(inner)
        | TypeKind::Nullable(inner)
        | TypeKind::NonNull(inner)
        | TypeKind::Paren(inner) => visit(linter, inner),
        TypeKind::Union(members) => {
            for member in members {
                visit(linter, member);
            }
        }
        TypeKind::Object {
            members,
            additional,
        } => {
            for member in members {
                visit(linter, &member.kind);
            }
            if let Some(additional) = additional {
                visit(linter, &additional.kind);
            }
        }
        TypeKind::Tuple(items) => {
            for (_, item) in items {
                visit(linter, item);
            }
        }
        _ => {}
    }
}
