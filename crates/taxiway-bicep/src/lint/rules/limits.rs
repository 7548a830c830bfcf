//! `max-params`, `max-variables`, `max-outputs`, `max-resources`, `max-asserts`: what Resource Manager takes at most.
//!
//! One file, as they differ in a number. Source: ARM documentation, "Template limits".

use taxiway_diagnostics::Span;

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::Statement;

pub(super) const PARAMETERS: Rule = Rule {
    code: "max-params",
    summary: "a file has at most 256 parameters",
    check: |linter| {
        let names = linter.parameters().map(|parameter| parameter.name.span);
        limit(linter, names.collect(), 256, "parameters");
    },
    ..LIMIT
};

pub(super) const VARIABLES: Rule = Rule {
    code: "max-variables",
    summary: "a file has at most 512 variables",
    check: |linter| {
        let names = linter.variables().map(|variable| variable.name.span);
        limit(linter, names.collect(), 512, "variables");
    },
    ..LIMIT
};

pub(super) const OUTPUTS: Rule = Rule {
    code: "max-outputs",
    summary: "a file has at most 64 outputs",
    check: |linter| {
        let outputs = linter.model.outputs.iter();
        let names = outputs.map(|output| output.name.span).collect();
        limit(linter, names, 64, "outputs");
    },
    ..LIMIT
};

pub(super) const RESOURCES: Rule = Rule {
    code: "max-resources",
    summary: "a file has at most 800 resources",
    check: |linter| {
        let resources = linter.model.resources.iter();
        let names = resources
            .map(|resource| resource.syntax.name.span)
            .collect();
        limit(linter, names, 800, "resources");
    },
    ..LIMIT
};

pub(super) const ASSERTS: Rule = Rule {
    code: "max-asserts",
    summary: "a file has at most 32 asserts",
    check: |linter| {
        let names = linter
            .model
            .statements
            .iter()
            .filter_map(|statement| match statement {
                Statement::Assert { name, .. } => Some(name.span),
                _ => None,
            });
        limit(linter, names.collect(), 32, "asserts");
    },
    ..LIMIT
};

/// What they have in common. A bad example would be as long as the limit; the tests make them.
const LIMIT: Rule = Rule {
    code: "",
    level: RuleLevel::Error,
    summary: "",
    reason: "Resource Manager refuses a template with more of them, after everything before the deployment has gone well.",
    bad: "",
    good: "param name string\noutput greeting string = name\n",
    check: |_| {},
};

fn limit(linter: &mut Linter<'_>, names: Vec<Span>, most: usize, what: &str) {
    if names.len() > most
        && let Some(first) = names.first()
    {
        let count = names.len();
        linter.report(
            *first,
            format!("there are {count} {what}, and a template may have {most}"),
        );
    }
}
