//! `use-description-params`, `-outputs`, `-variables`, `-types`, `-type-properties`: everything says what it is for.
//!
//! One file, as they differ in what they look at; all are off by default.

use taxiway_diagnostics::Span;

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::{Decorator, Statement, TypeExpr, TypeKind, decorator};

pub(super) const PARAMETERS: Rule = Rule {
    code: "use-description-params",
    summary: "parameters have descriptions",
    bad: "param name string\noutput greeting string = name\n",
    good: "@description('who is greeted')\nparam name string\noutput greeting string = name\n",
    check: |linter| {
        for parameter in linter.parameters() {
            judge(
                linter,
                &parameter.decorators,
                parameter.name.span,
                &parameter.name.text,
            );
        }
    },
    ..DESCRIPTION
};

pub(super) const OUTPUTS: Rule = Rule {
    code: "use-description-outputs",
    summary: "outputs have descriptions",
    bad: "output answer int = 42\n",
    good: "@description('of everything')\noutput answer int = 42\n",
    check: |linter| {
        for output in &linter.model.outputs {
            judge(
                linter,
                &output.decorators,
                output.name.span,
                &output.name.text,
            );
        }
    },
    ..DESCRIPTION
};

pub(super) const VARIABLES: Rule = Rule {
    code: "use-description-vars",
    summary: "variables have descriptions",
    bad: "var answer = 42\noutput result int = answer\n",
    good: "@description('of everything')\nvar answer = 42\noutput result int = answer\n",
    check: |linter| {
        for variable in linter.variables() {
            judge(
                linter,
                &variable.decorators,
                variable.name.span,
                &variable.name.text,
            );
        }
    },
    ..DESCRIPTION
};

pub(super) const TYPES: Rule = Rule {
    code: "use-description-types",
    summary: "types have descriptions",
    bad: "@export()\ntype size = 'small' | 'large'\n",
    good: "@export()\n@description('of the plan')\ntype size = 'small' | 'large'\n",
    check: |linter| {
        for statement in &linter.model.statements {
            if let Statement::Type(declared) = statement {
                judge(
                    linter,
                    &declared.decorators,
                    declared.name.span,
                    &declared.name.text,
                );
            }
        }
    },
    ..DESCRIPTION
};

pub(super) const MEMBERS: Rule = Rule {
    code: "use-description-type-properties",
    summary: "properties of types have descriptions",
    bad: "@export()\ntype plan = {\n  size: string\n}\n",
    good: "@export()\ntype plan = {\n  @description('small or large')\n  size: string\n}\n",
    check: |linter| {
        for statement in &linter.model.statements {
            if let Statement::Type(declared) = statement {
                members(linter, &declared.value);
            }
        }
    },
    ..DESCRIPTION
};

const DESCRIPTION: Rule = Rule {
    code: "",
    level: RuleLevel::Off,
    summary: "",
    reason: "Whoever uses the file as a module sees the description, and not what stands around it.",
    bad: "",
    good: "",
    check: |_| {},
};

fn judge(linter: &mut Linter<'_>, decorators: &[Decorator], span: Span, name: &str) {
    match decorator(decorators, "description") {
        None => linter.report(span, format!("`{name}` has no description")),
        Some([text, ..])
            if text
                .plain_string()
                .is_some_and(|text| text.trim().is_empty()) =>
        {
            linter.report(
                text.span,
                format!("the description of `{name}` says nothing"),
            );
        }
        Some(_) => {}
    }
}

fn members(linter: &mut Linter<'_>, kind: &TypeExpr) {
    match &kind.kind {
        TypeKind::Object {
            members: own,
            additional,
        } => {
            for member in own {
                let name = member.name.plain().unwrap_or("");
                judge(linter, &member.decorators, member.name.span, name);
                members(linter, &member.kind);
            }
            if let Some(additional) = additional {
                members(linter, &additional.kind);
            }
        }
        TypeKind::Array(inner) | TypeKind::Nullable(inner) | TypeKind::Paren(inner) => {
            members(linter, inner)
        }
        TypeKind::Tuple(items) => {
            for (_, item) in items {
                members(linter, item);
            }
        }
        TypeKind::Union(kinds) => {
            for kind in kinds {
                members(linter, kind);
            }
        }
        _ => {}
    }
}
