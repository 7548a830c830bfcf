//! `no-unnecessary-dependson`: a dependency that follows from what is written anyway.

use std::collections::BTreeSet;

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::walk::{body_children, descendants};
use crate::ast::{ArrayItem, Body, Expr, ExprKind};
use crate::model::{DeclarationId, DeclarationKind, Model, Target};

pub(super) const RULE: Rule = Rule {
    code: "no-unnecessary-dependson",
    level: RuleLevel::Warning,
    summary: "`dependsOn` names only what nothing else names",
    reason: "A reference is a dependency. One that is written as well must be kept right by hand, and hides those that matter.",
    bad: "resource plan 'Microsoft.Web/serverfarms@2023-12-01' = {\n  name: 'plan'\n  location: 'westeurope'\n}\nresource site 'Microsoft.Web/sites@2023-12-01' = {\n  name: 'site'\n  location: 'westeurope'\n  properties: { serverFarmId: plan.id }\n  dependsOn: [\n    plan\n  ]\n}\n",
    good: "resource plan 'Microsoft.Web/serverfarms@2023-12-01' = {\n  name: 'plan'\n  location: 'westeurope'\n}\nresource site 'Microsoft.Web/sites@2023-12-01' = {\n  name: 'site'\n  location: 'westeurope'\n  dependsOn: [\n    plan\n  ]\n}\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    let model = linter.model;
    let mut declared = vec![None; model.resources.len()];
    for (id, declaration) in model.declarations.iter().enumerate() {
        if let DeclarationKind::Resource(resource) = declaration.kind {
            declared[resource] = Some(id);
        }
    }
    let graph: Vec<BTreeSet<DeclarationId>> = model
        .declarations
        .iter()
        .map(|declaration| {
            let mut found = implied(model, &declaration.kind);
            if let DeclarationKind::Resource(id) = declaration.kind
                && let Some(parent) = model.resources[id].parent
            {
                found.extend(declared[parent.resource()]);
            }
            found
        })
        .collect();
    for (id, declaration) in model.declarations.iter().enumerate() {
        let Some(dependencies) =
            body(model, &declaration.kind).and_then(|body| body.object.as_ref()?.get("dependsOn"))
        else {
            continue;
        };
        let ExprKind::Array(items) = &dependencies.value.kind else {
            continue;
        };
        let reachable = closure(&graph, id);
        let mut seen = BTreeSet::new();
        for item in items {
            let ArrayItem::Value(expr) = item else {
                continue;
            };
            let Some(named) = named(model, expr).filter(|named| !is_loop(model, *named)) else {
                continue;
            };
            if reachable.contains(&named) || !seen.insert(named) {
                let name = &model.declarations[named].name.text;
                let message = format!("this depends on `{name}` anyway");
                if items.len() == 1 {
                    let rows = linter.rows(dependencies.span);
                    linter.report_with_fix(
                        expr.span,
                        message,
                        "remove the dependency",
                        [(rows, String::new())],
                    );
                } else {
                    linter.report(expr.span, message);
                }
            }
        }
    }
}

fn body<'a>(model: &'a Model, kind: &DeclarationKind) -> Option<&'a Body> {
    match kind {
        DeclarationKind::Resource(id) => Some(&model.resources[*id].syntax.body),
        DeclarationKind::Module(id) => Some(&model.modules[*id].syntax.body),
        _ => None,
    }
}

fn is_loop(model: &Model, id: DeclarationId) -> bool {
    body(model, &model.declarations[id].kind).is_none_or(|body| body.for_loop.is_some())
}

fn named(model: &Model, expr: &Expr) -> Option<DeclarationId> {
    match &expr.bare().kind {
        ExprKind::Name(name) | ExprKind::Nested { name, .. } => match model.target(name)? {
            Target::Declaration(id) => Some(id),
            Target::Local(_) | Target::Namespace => None,
        },
        _ => None,
    }
}

/// What a declaration names, `dependsOn` aside.
fn implied(model: &Model, kind: &DeclarationKind) -> BTreeSet<DeclarationId> {
    let mut found = BTreeSet::new();
    let mut visit = |expr: &Expr| {
        descendants(expr, &mut |expr| found.extend(named(model, expr)));
    };
    match kind {
        DeclarationKind::Variable(variable) => visit(&variable.value),
        DeclarationKind::Resource(_) | DeclarationKind::Module(_) => {
            let Some(body) = body(model, kind) else {
                return found;
            };
            let explicit = body
                .object
                .as_ref()
                .and_then(|object| object.get("dependsOn"));
            body_children(body, &mut |child| {
                let is_explicit =
                    explicit.is_some_and(|explicit| std::ptr::eq(child, &raw const explicit.value));
                if !is_explicit {
                    visit(child);
                }
            });
        }
        _ => {}
    }
    found
}

/// Everything that `start` leads to.
fn closure(graph: &[BTreeSet<DeclarationId>], start: DeclarationId) -> BTreeSet<DeclarationId> {
    let mut found = BTreeSet::new();
    let mut waiting: Vec<DeclarationId> = graph[start].iter().copied().collect();
    while let Some(next) = waiting.pop() {
        if found.insert(next) {
            waiting.extend(&graph[next]);
        }
    }
    found
}
