//! `use-stable-resource-identifiers`: a name that is another one with each deployment.

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::walk::descendants;
use crate::ast::{Expr, ExprKind};
use crate::model::{DeclarationKind, Target};

pub(super) const RULE: Rule = Rule {
    code: "use-stable-resource-identifiers",
    level: RuleLevel::Warning,
    summary: "names of resources stay the same",
    reason: "A name out of `newGuid()` or `utcNow()` makes a new resource with each deployment, and leaves the old one behind.",
    bad: "param suffix string = newGuid()\nresource plan 'Microsoft.Web/serverfarms@2023-12-01' = {\n  name: 'plan-${suffix}'\n  location: 'westeurope'\n}\n",
    good: "param suffix string = uniqueString(resourceGroup().id)\nresource plan 'Microsoft.Web/serverfarms@2023-12-01' = {\n  name: 'plan-${suffix}'\n  location: 'westeurope'\n}\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    for resource in &linter.model.resources {
        let Some(name) = resource
            .syntax
            .body
            .object
            .as_ref()
            .and_then(|object| object.get("name"))
        else {
            continue;
        };
        let symbol = &resource.syntax.name.text;
        let mut path = vec![format!("{symbol}.name")];
        let mut found = Vec::new();
        follow(linter, &name.value, &mut Vec::new(), &mut path, &mut found);
        for way in found {
            linter.report(
                name.value.span,
                format!("the name of `{symbol}` is another one each time: {way}"),
            );
        }
    }
}

/// Collects the ways from `expr` to a function that answers differently each time.
fn follow<'a>(
    linter: &Linter<'a>,
    expr: &'a Expr,
    within: &mut Vec<usize>,
    path: &mut Vec<String>,
    found: &mut Vec<String>,
) {
    let mut names = Vec::new();
    descendants(expr, &mut |expr| {
        if let Some((function @ ("newGuid" | "utcNow"), _)) = linter.built_in(expr) {
            found.push(format!("{} → `{function}()`", path.join(" → ")));
        }
        if let ExprKind::Name(name) = &expr.kind {
            names.push(name);
        }
    });
    for name in names {
        let Some(Target::Declaration(id)) = linter.model.target(name) else {
            continue;
        };
        if within.contains(&id) {
            continue;
        }
        let next = match &linter.model.declarations[id].kind {
            DeclarationKind::Parameter(parameter) => parameter
                .default
                .as_ref()
                .map(|default| (default, " (default)")),
            DeclarationKind::Variable(variable) => Some((&variable.value, "")),
            _ => None,
        };
        if let Some((value, what)) = next
            && within.len() < 32
        {
            within.push(id);
            path.push(format!("`{}`{what}", name.text));
            follow(linter, value, within, path, found);
            path.pop();
            within.pop();
        }
    }
}
