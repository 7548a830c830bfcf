//! `no-explicit-any`: the type `any`.

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::{Statement, TypeExpr, TypeKind, type_children};

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
    let any = match &kind.kind {
        TypeKind::Name(name, _) if linter.model.target(name).is_none() => Some((name, name)),
        TypeKind::Property(base, name, _) => match &base.kind {
            TypeKind::Name(namespace, _) if &*namespace.text == "sys" => Some((namespace, name)),
            _ => None,
        },
        _ => None,
    };
    if let Some((at, name)) = any
        && &*name.text == "any"
    {
        linter.report(at.span, "with the type `any` nothing is checked");
    }
    type_children(kind, &mut |_, inner| visit(linter, inner));
}
