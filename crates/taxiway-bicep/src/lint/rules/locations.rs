//! `no-hardcoded-location`, `no-loc-expr-outside-params`, `explicit-values-for-loc-params`: where resources stand is said
//! once, by a parameter.
//!
//! One file, as the three hold together; all are off by default.

use std::collections::BTreeSet;

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::walk::descendants;
use crate::ast::{Expr, ExprKind, Object, Statement};
use crate::model::{DeclarationKind, Model, ModuleInfo, ModuleTarget};

pub(super) const HARDCODED: Rule = Rule {
    code: "no-hardcoded-location",
    level: RuleLevel::Off,
    summary: "locations are parameters",
    reason: "A region that is written down somewhere in a file is found when a second region is needed.",
    bad: "resource plan 'Microsoft.Web/serverfarms@2023-12-01' = {\n  name: 'plan'\n  location: 'westeurope'\n}\n",
    good: "param location string = resourceGroup().location\nresource plan 'Microsoft.Web/serverfarms@2023-12-01' = {\n  name: 'plan'\n  location: location\n}\nresource zone 'Microsoft.Network/dnsZones@2018-05-01' = {\n  name: 'zone.example'\n  location: 'global'\n}\n",
    check: hardcoded,
};

pub(super) const OUTSIDE: Rule = Rule {
    code: "no-loc-expr-outside-params",
    level: RuleLevel::Off,
    summary: "`resourceGroup().location` stands only in the default of a parameter",
    reason: "As a default it can be overridden; anywhere else the group decides, whatever region was asked for.",
    bad: "resource plan 'Microsoft.Web/serverfarms@2023-12-01' = {\n  name: 'plan'\n  location: resourceGroup().location\n}\n",
    good: "param location string = resourceGroup().location\nresource plan 'Microsoft.Web/serverfarms@2023-12-01' = {\n  name: 'plan'\n  location: location\n}\n",
    check: outside,
};

pub(super) const EXPLICIT: Rule = Rule {
    code: "explicit-values-for-loc-params",
    level: RuleLevel::Off,
    summary: "modules are told their location",
    reason: "A module that takes its default stands where its resource group stands, not where the rest does.",
    bad: "module plan 'plan.bicep' = {\n  name: 'plan'\n}\n--- plan.bicep\nparam location string = resourceGroup().location\nresource plan 'Microsoft.Web/serverfarms@2023-12-01' = {\n  name: 'plan'\n  location: location\n}\n",
    good: "param location string = resourceGroup().location\nmodule plan 'plan.bicep' = {\n  name: 'plan'\n  params: { location: location }\n}\n--- plan.bicep\nparam location string = resourceGroup().location\nresource plan 'Microsoft.Web/serverfarms@2023-12-01' = {\n  name: 'plan'\n  location: location\n}\n",
    check: explicit,
};

fn hardcoded(linter: &mut Linter<'_>) {
    let mut reported = BTreeSet::new();
    for resource in &linter.model.resources {
        let object = resource.syntax.body.object.as_ref();
        if let Some(location) = object.and_then(|object| object.get("location")) {
            judge(linter, &location.value, &mut reported);
        }
    }
    for module in &linter.model.modules {
        for name in location_parameters(module) {
            if let Some(value) = given(module).and_then(|given| given.get(&name)) {
                judge(linter, &value.value, &mut reported);
            }
        }
    }
}

fn judge<'a>(linter: &mut Linter<'a>, value: &'a Expr, reported: &mut BTreeSet<u32>) {
    let Some(text) = linter
        .literal(value)
        .filter(|text| !text.eq_ignore_ascii_case("global"))
    else {
        return;
    };
    let (span, message) = match linter.named(value) {
        Some(DeclarationKind::Variable(variable)) => (
            variable.name.span,
            format!(
                "`{}` is a location: make it a parameter",
                variable.name.text
            ),
        ),
        _ => (
            value.span,
            format!("the location `{text}` is written down here: use a parameter, or `'global'`"),
        ),
    };
    if reported.insert(span.start) {
        linter.report(span, message);
    }
}

fn outside(linter: &mut Linter<'_>) {
    for statement in &linter.model.statements {
        if matches!(statement, Statement::Parameter(_)) {
            continue;
        }
        let mut found = Vec::new();
        crate::ast::walk::roots(statement, &mut |root| {
            descendants(root, &mut |expr| {
                found.extend(is_location(linter, expr).then_some(expr.span))
            });
        });
        for span in found {
            linter.report(span, "this is the location of the group or deployment, whatever was asked for: use a parameter");
        }
    }
}

fn is_location<'a>(linter: &Linter<'a>, expr: &'a Expr) -> bool {
    match &expr.kind {
        ExprKind::Property { base, name, .. } => &*name.text == "location" && linter.is_scope(base),
        _ => false,
    }
}

fn explicit(linter: &mut Linter<'_>) {
    for module in &linter.model.modules {
        let given = given(module);
        for name in location_parameters(module) {
            if given.is_none_or(|given| given.get(&name).is_none()) {
                let syntax = &module.syntax;
                linter.report(
                    syntax.name.span,
                    format!(
                        "the module `{}` is not told its location: `{name}`",
                        syntax.name.text
                    ),
                );
            }
        }
    }
}

fn given(module: &ModuleInfo) -> Option<&Object> {
    match &module
        .syntax
        .body
        .object
        .as_ref()?
        .get("params")?
        .value
        .kind
    {
        ExprKind::Object(object) => Some(object),
        _ => None,
    }
}

/// The parameters of a module that have a default and say where something stands.
fn location_parameters(module: &ModuleInfo) -> Vec<String> {
    let ModuleTarget::Bicep(target) = &module.target else {
        return Vec::new();
    };
    let placing = placing(target);
    let statements = target
        .statements
        .iter()
        .filter_map(|statement| match statement {
            Statement::Parameter(parameter) => Some(parameter),
            _ => None,
        });
    statements
        .filter(|parameter| {
            let Some(default) = &parameter.default else {
                return false;
            };
            let mut asks_group = false;
            descendants(default, &mut |expr| {
                asks_group |= matches!(&expr.kind, ExprKind::Property { base, name, .. }
                    if &*name.text == "location" && matches!(&base.kind, ExprKind::Call { name, .. }
                        if matches!(&*name.text, "resourceGroup" | "deployment")));
            });
            asks_group || placing.contains(&*parameter.name.text)
        })
        .map(|parameter| parameter.name.text.to_string())
        .collect()
}

/// The parameters that stand in the location of a resource.
fn placing(target: &Model) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for resource in &target.resources {
        let object = resource.syntax.body.object.as_ref();
        let Some(location) = object.and_then(|object| object.get("location")) else {
            continue;
        };
        descendants(&location.value, &mut |expr| {
            if let ExprKind::Name(name) = &expr.kind
                && let Some(declaration) = target.declaration(name)
                && matches!(declaration.kind, DeclarationKind::Parameter(_))
            {
                found.insert(name.text.to_string());
            }
        });
    }
    found
}
