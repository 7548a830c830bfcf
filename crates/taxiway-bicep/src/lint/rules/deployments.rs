//! `no-deployments-resources`, `nested-deployment-template-scoping`, `secure-params-in-nested-deploy`: deployments inside
//! a deployment, written by hand.
//!
//! One file, as they look at the same resources.

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::walk::descendants;
use crate::ast::{Expr, ExprKind, Object};
use crate::model::{ResourceInfo, Target};

pub(super) const NO_DEPLOYMENTS: Rule = Rule {
    code: "no-deployments-resources",
    level: RuleLevel::Warning,
    summary: "deployments inside a deployment are modules",
    reason: "The compiler checks a module; a template that is written as an object is checked by the deployment, late.",
    bad: NESTED,
    good: "module inner 'inner.bicep' = {\n  name: 'inner'\n}\n--- inner.bicep\noutput done bool = true\n",
    check: |linter| {
        for (resource, _) in deployments(linter) {
            let syntax = &resource.syntax;
            linter.report(
                syntax.kind.span,
                format!(
                    "`{}` is a deployment of its own: a module says the same",
                    syntax.name.text
                ),
            );
        }
    },
};

pub(super) const SCOPING: Rule = Rule {
    code: "nested-deployment-template-scoping",
    level: RuleLevel::Error,
    summary: "a nested template with a scope of its own names nothing outside",
    reason: "Its expressions are evaluated inside the nested deployment, which knows none of this file's declarations.",
    bad: "param name string\n#disable-next-line no-deployments-resources\nresource nested 'Microsoft.Resources/deployments@2022-09-01' = {\n  name: 'nested'\n  properties: {\n    mode: 'Incremental'\n    expressionEvaluationOptions: { scope: 'inner' }\n    template: {\n      '$schema': 'https://schema.example/template.json'\n      contentVersion: '1.0.0.0'\n      resources: []\n      outputs: { name: { type: 'string', value: name } }\n    }\n  }\n}\n",
    good: NESTED,
    check: scoping,
};

pub(super) const SECRETS: Rule = Rule {
    code: "secure-params-in-nested-deploy",
    level: RuleLevel::Warning,
    summary: "a nested template in the outer scope holds no secrets",
    reason: "Its expressions are evaluated before it is sent, so the secret stands in the history of deployments.",
    bad: "@secure()\nparam password string\nresource nested 'Microsoft.Resources/deployments@2022-09-01' = {\n  name: 'nested'\n  properties: {\n    mode: 'Incremental'\n    template: {\n      '$schema': 'https://schema.example/template.json'\n      contentVersion: '1.0.0.0'\n      resources: []\n      variables: { password: password }\n    }\n  }\n}\n",
    good: NESTED,
    check: secrets,
};

const NESTED: &str = "resource nested 'Microsoft.Resources/deployments@2022-09-01' = {\n  name: 'nested'\n  properties: {\n    mode: 'Incremental'\n    template: {\n      '$schema': 'https://schema.example/template.json'\n      contentVersion: '1.0.0.0'\n      resources: []\n    }\n  }\n}\n";

/// The nested deployments of the file, with their properties where those are written out.
fn deployments<'a>(linter: &Linter<'a>) -> Vec<(&'a ResourceInfo, Option<&'a Object>)> {
    let is_deployment = |resource: &&ResourceInfo| {
        resource.extension.is_none()
            && resource
                .kind
                .eq_ignore_ascii_case("Microsoft.Resources/deployments")
    };
    linter
        .model
        .resources
        .iter()
        .filter(is_deployment)
        .map(|resource| {
            (
                resource,
                resource
                    .syntax
                    .body
                    .object
                    .as_ref()
                    .and_then(|object| inner(object, "properties")),
            )
        })
        .collect()
}

fn inner<'a>(object: &'a Object, name: &str) -> Option<&'a Object> {
    match &object.get(name)?.value.bare().kind {
        ExprKind::Object(object) => Some(object),
        _ => None,
    }
}

/// Whether the nested template is evaluated inside the nested deployment.
fn is_inner<'a>(linter: &Linter<'a>, properties: &'a Object) -> bool {
    let options = inner(properties, "expressionEvaluationOptions");
    options
        .and_then(|options| linter.literal(&options.get("scope")?.value))
        .is_some_and(|scope| scope.eq_ignore_ascii_case("inner"))
}

fn scoping(linter: &mut Linter<'_>) {
    for (_, properties) in deployments(linter) {
        let Some(properties) = properties else {
            continue;
        };
        let Some(template) = properties.get("template") else {
            continue;
        };
        if !linter.model.symbolic && !is_inner(linter, properties) {
            continue;
        }
        descendants(&template.value, &mut |expr| {
            if let ExprKind::Name(name) = &expr.kind
                && let Some(Target::Declaration(_)) = linter.model.target(name)
            {
                linter.report(
                    name.span,
                    format!(
                        "the nested template does not know `{}`, which is declared outside",
                        name.text
                    ),
                );
            }
        });
    }
}

fn secrets(linter: &mut Linter<'_>) {
    if linter.model.symbolic {
        return;
    }
    for (resource, properties) in deployments(linter) {
        let Some(properties) = properties.filter(|properties| !is_inner(linter, properties)) else {
            continue;
        };
        let Some(template) = properties.get("template") else {
            continue;
        };
        let mut found: Vec<String> = values(&template.value)
            .into_iter()
            .flat_map(|expr| linter.secrets(expr))
            .map(|secret| secret.what)
            .collect();
        found.dedup();
        if !found.is_empty() {
            let name = &resource.syntax.name;
            linter.report(
                name.span,
                format!(
                    "the nested template of `{}` hands on {}",
                    name.text,
                    found.join(", ")
                ),
            );
        }
    }
}

fn values(template: &Expr) -> Option<&Expr> {
    matches!(template.bare().kind, ExprKind::Object(_)).then_some(template)
}
