//! `use-user-defined-types`: `object` and `array`.

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::{Statement, TypeExpr, TypeKind, type_children};

pub(super) const RULE: Rule = Rule {
    code: "use-user-defined-types",
    level: RuleLevel::Off,
    summary: "types say what an object or array holds",
    reason: "`object` and `array` take anything; a type is checked where the value is given.",
    bad: "param tags object\noutput same object = tags\n",
    good: "param tags { *: string }\noutput same { *: string } = tags\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    for statement in &linter.model.statements {
        match statement {
            Statement::Parameter(parameter) => {
                if let Some(kind) = &parameter.kind {
                    visit(linter, kind);
                }
            }
            Statement::Output(output) => visit(linter, &output.kind),
            Statement::Type(declared) => visit(linter, &declared.value),
            Statement::Function(function) => {
                for (_, kind) in &function.parameters {
                    visit(linter, kind);
                }
                visit(linter, &function.output);
            }
            _ => {}
        }
    }
}

fn visit(linter: &mut Linter<'_>, kind: &TypeExpr) {
    if let TypeKind::Name(name, _) = &kind.kind
        && matches!(&*name.text, "object" | "array")
        && linter.model.target(name).is_none()
    {
        linter.report(
            name.span,
            format!(
                "`{}` takes anything: a type of its own says what it holds",
                name.text
            ),
        );
    }
    type_children(kind, &mut |_, inner| visit(linter, inner));
}
