//! `no-hardcoded-env-urls`: a host that is another one in another cloud.

use serde_json::Value;
use taxiway_diagnostics::Span;

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::walk::{descendants, roots};
use crate::ast::{ExprKind, Statement, StringLiteral};
use crate::syntax::lex;

pub(super) const RULE: Rule = Rule {
    code: "no-hardcoded-env-urls",
    level: RuleLevel::Warning,
    summary: "hosts of Azure come from `environment()`",
    reason: "The public cloud's hosts are not those of the sovereign clouds; `environment().suffixes.storage` is right in each.",
    bad: "param account string\noutput blobs string = 'https://${account}.blob.core.windows.net'\n",
    good: "param account string\noutput blobs string = 'https://${account}.blob.${environment().suffixes.storage}'\n",
    check,
};

/// Hosts of the public cloud. Source: Bicep documentation, "Linter rule: no hardcoded environment URL".
const DISALLOWED: [&str; 12] = [
    "azuredatalakeanalytics.net",
    "azuredatalakestore.net",
    "batch.core.windows.net",
    "core.windows.net",
    "database.windows.net",
    "datalake.azure.net",
    "gallery.azure.com",
    "graph.windows.net",
    "login.microsoftonline.com",
    "management.azure.com",
    "management.core.windows.net",
    "vault.azure.net",
];
const EXCLUDED: [&str; 1] = ["schema.management.azure.com"];

fn check(linter: &mut Linter<'_>) {
    if linter.model.path.extension() == Some("bicepparam") {
        return;
    }
    let disallowed = hosts(linter.setting("disallowedHosts"), &DISALLOWED);
    let excluded = hosts(linter.setting("excludedHosts"), &EXCLUDED);
    let mut literals: Vec<&StringLiteral> = Vec::new();
    for statement in &linter.model.statements {
        // Names of metadata and descriptions are for people.
        if matches!(statement, Statement::Metadata { .. }) {
            continue;
        }
        roots(statement, &mut |root| {
            descendants(root, &mut |expr| {
                if let ExprKind::String(literal) = &expr.kind {
                    literals.push(literal);
                }
            });
        });
    }
    let described = descriptions(linter);
    let mut last = Span::at(0);
    for literal in literals {
        // Strings within a string are looked at with it.
        let is_inside = last.start <= literal.span.start && literal.span.end <= last.end;
        if !is_inside && !described.contains(&literal.span.start) {
            last = literal.span;
            report(linter, literal, &disallowed, &excluded);
        }
    }
}

fn hosts(setting: Option<&Value>, default: &[&str]) -> Vec<String> {
    let words = |items: &Vec<Value>| {
        let texts = items.iter().filter_map(Value::as_str);
        texts.map(str::to_ascii_lowercase).collect()
    };
    setting.and_then(Value::as_array).map_or_else(
        || default.iter().map(|host| (*host).to_owned()).collect(),
        words,
    )
}

/// Where the strings of `@description(…)` and `@metadata(…)` start.
fn descriptions(linter: &Linter<'_>) -> Vec<u32> {
    let mut found = Vec::new();
    for statement in &linter.model.statements {
        let decorators = match statement {
            Statement::Parameter(parameter) => &parameter.decorators,
            Statement::Variable(variable) => &variable.decorators,
            Statement::Function(function) => &function.decorators,
            Statement::Type(declared) => &declared.decorators,
            Statement::Resource(resource) => &resource.decorators,
            Statement::Module(module) => &module.decorators,
            Statement::Output(output) => &output.decorators,
            _ => continue,
        };
        let calls = decorators.iter().filter_map(crate::ast::Decorator::call);
        for (_, arguments) in calls.filter(|(name, _)| matches!(*name, "description" | "metadata"))
        {
            for argument in arguments {
                descendants(argument, &mut |expr| found.push(expr.span.start));
            }
        }
    }
    found
}

fn report(
    linter: &mut Linter<'_>,
    literal: &StringLiteral,
    disallowed: &[String],
    excluded: &[String],
) {
    let text = linter.slice(literal.span);
    let (tokens, _) = lex(text);
    for token in tokens {
        let part = text[token.span.range()].to_ascii_lowercase();
        let spared: Vec<_> = excluded
            .iter()
            .flat_map(|host| places(&part, host))
            .collect();
        let mut found: Vec<_> = disallowed
            .iter()
            .flat_map(|host| places(&part, host))
            .collect();
        found.sort_by_key(|(start, end)| (*start, std::cmp::Reverse(*end)));
        let mut last_end = 0;
        for (start, end) in found {
            let is_spared = spared.iter().any(|(from, to)| *from < end && start < *to);
            if start < last_end || is_spared {
                continue;
            }
            last_end = end;
            let at = literal.span.start + token.span.start;
            let offset = |place: usize| at + u32::try_from(place).unwrap_or(0);
            let host = &part[start..end];
            linter.report(
                Span::new(offset(start), offset(end)),
                format!(
                    "`{host}` is the public cloud's; `environment()` knows the host of each cloud"
                ),
            );
        }
    }
}

/// Where `host` stands in `text` as a whole.
fn places(text: &str, host: &str) -> Vec<(usize, usize)> {
    let is_part = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
    text.match_indices(host)
        .map(|(start, _)| (start, start + host.len()))
        .filter(|(start, end)| {
            !host.is_empty()
                && !is_part(text[..*start].chars().next_back())
                && !is_part(text[*end..].chars().next())
        })
        .collect()
}
