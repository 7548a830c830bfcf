//! `adminusername-should-not-be-literal`: half of a login in the file.

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::walk::{body_children, descendants};
use crate::ast::{Expr, ExprKind, Object, ObjectItem};

pub(super) const RULE: Rule = Rule {
    code: "adminusername-should-not-be-literal",
    level: RuleLevel::Warning,
    summary: "the name of an administrator is given, not written down",
    reason: "A name that stands in the repository is half of what somebody needs to log in, on every machine made from it.",
    bad: "resource machine 'Microsoft.Compute/virtualMachines@2023-09-01' = {\n  name: 'machine'\n  location: 'westeurope'\n  properties: {\n    osProfile: { adminUsername: 'root' }\n  }\n}\n",
    good: "@secure()\nparam administrator string\nresource machine 'Microsoft.Compute/virtualMachines@2023-09-01' = {\n  name: 'machine'\n  location: 'westeurope'\n  properties: {\n    osProfile: { adminUsername: administrator }\n  }\n}\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    for resource in &linter.model.resources {
        let body = &resource.syntax.body;
        let mut objects: Vec<&Object> = body.object.iter().collect();
        let mut inside: Vec<&Expr> = Vec::new();
        body_children(body, &mut |child| {
            descendants(child, &mut |expr| inside.push(expr))
        });
        objects.extend(inside.into_iter().filter_map(|expr| match &expr.kind {
            ExprKind::Object(object) => Some(object),
            _ => None,
        }));
        for object in objects {
            names(linter, object);
        }
    }
}

fn names<'a>(linter: &mut Linter<'a>, object: &'a Object) {
    for item in &object.items {
        if let ObjectItem::Property(property) = item
            && property
                .key
                .plain()
                .is_some_and(|key| key.eq_ignore_ascii_case("adminUsername"))
            && let Some(text) = linter.literal(&property.value)
        {
            linter.report(
                property.value.span,
                format!("the name of an administrator, `{text}`, stands in the file"),
            );
        }
    }
}
