//! `what-if-short-circuiting`: a value that is known too late to say what a module would change.

use std::collections::BTreeSet;

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::walk::descendants;
use crate::ast::{Expr, ExprKind};
use crate::model::{DeclarationId, DeclarationKind, Model, ModuleTarget, Target};

pub(super) const RULE: Rule = Rule {
    code: "what-if-short-circuiting",
    level: RuleLevel::Off,
    summary: "what names a module's resources is known before the deployment",
    reason: "What-if cannot tell what a resource would become whose name or condition only the deployment knows.",
    bad: "resource site 'Microsoft.Web/sites@2023-12-01' existing = {\n  name: 'site'\n}\nmodule plan 'plan.bicep' = {\n  name: 'plan'\n  params: { name: site.properties.defaultHostName }\n}\n--- plan.bicep\nparam name string\nresource plan 'Microsoft.Web/serverfarms@2023-12-01' = {\n  name: name\n  location: 'westeurope'\n}\n",
    good: "resource site 'Microsoft.Web/sites@2023-12-01' existing = {\n  name: 'site'\n}\nmodule plan 'plan.bicep' = {\n  name: 'plan'\n  params: { name: site.name }\n}\n--- plan.bicep\nparam name string\nresource plan 'Microsoft.Web/serverfarms@2023-12-01' = {\n  name: name\n  location: 'westeurope'\n}\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    for module in &linter.model.modules {
        let ModuleTarget::Bicep(target) = &module.target else {
            continue;
        };
        let object = module.syntax.body.object.as_ref();
        let params = object.and_then(|object| object.get("params"));
        let Some(ExprKind::Object(given)) = params.map(|params| &params.value.kind) else {
            continue;
        };
        for name in identifying(target) {
            if let Some(value) = given.get(&name)
                && is_late(linter, &value.value, 32)
            {
                let module = &module.syntax.name.text;
                linter.report(
                    value.value.span,
                    format!("`{name}` decides which resources the module `{module}` has, and is known only while it is deployed"),
                );
            }
        }
    }
}

/// The parameters that names, scopes and conditions of a file's resources are made of.
fn identifying(model: &Model) -> BTreeSet<String> {
    let mut waiting: Vec<&Expr> = Vec::new();
    for resource in &model.resources {
        let body = &resource.syntax.body;
        let named = body
            .object
            .iter()
            .flat_map(|object| ["name", "scope"].map(|key| object.get(key)));
        let values = named.flatten().map(|property| &property.value);
        waiting.extend(values.chain(&body.condition));
    }
    parameters(model, waiting)
}

/// The parameters that expressions are made of, through variables.
fn parameters<'a>(model: &'a Model, mut waiting: Vec<&'a Expr>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut seen: BTreeSet<DeclarationId> = BTreeSet::new();
    while let Some(expr) = waiting.pop() {
        let mut names = Vec::new();
        descendants(expr, &mut |expr| {
            if let ExprKind::Name(name) = &expr.kind
                && let Some(Target::Declaration(id)) = model.target(name)
            {
                names.push(id);
            }
        });
        for id in names {
            if !seen.insert(id) {
                continue;
            }
            match &model.declarations[id].kind {
                DeclarationKind::Parameter(parameter) => {
                    found.insert(parameter.name.text.to_string());
                }
                DeclarationKind::Variable(variable) => waiting.push(&variable.value),
                _ => {}
            }
        }
    }
    found
}

/// Whether a value is read from a resource or module that the deployment makes.
fn is_late<'a>(linter: &Linter<'a>, expr: &'a Expr, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    let mut inside = Vec::new();
    descendants(expr, &mut |expr| inside.push(expr));
    inside.into_iter().any(|expr| match &expr.kind {
        ExprKind::Property { base, name, .. } => {
            let of_module = matches!(linter.named(base), Some(DeclarationKind::Module(_)));
            let known = ["id", "name", "type", "apiVersion"].contains(&&*name.text);
            (linter.resource(base).is_some() && !known) || (of_module && &*name.text == "outputs")
        }
        ExprKind::Name(_) => match linter.named(expr) {
            Some(DeclarationKind::Variable(variable)) => is_late(linter, &variable.value, depth),
            _ => false,
        },
        ExprKind::Call { .. } => linter
            .built_in(expr)
            .is_some_and(|(name, _)| name == "reference" || name.starts_with("list")),
        _ => false,
    })
}
