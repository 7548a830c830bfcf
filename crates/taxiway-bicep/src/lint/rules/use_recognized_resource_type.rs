//! `use-recognized-resource-type`: `reference()` and `list…()` of a type that Azure does not have.

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::{Expr, ExprKind};
use crate::azure_types;

pub(super) const RULE: Rule = Rule {
    code: "use-recognized-resource-type",
    level: RuleLevel::Warning,
    summary: "functions that ask for a resource name a type that there is",
    reason: "A misspelt type is found out by the deployment, after what it depends on has been made.",
    bad: "output keys object = listKeys(resourceId('Microsoft.Storage/storageAcounts', 'x'), '2023-05-01')\n",
    good: "output keys object = listKeys(resourceId('Microsoft.Storage/storageAccounts', 'x'), '2023-05-01')\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    for expr in linter.expressions() {
        let Some((name, [first, ..])) = linter.built_in(expr) else {
            continue;
        };
        if name != "reference" && !name.starts_with("list") {
            continue;
        }
        if let Some(kind) = kind(linter, first).filter(|kind| !azure_types::is_known_type(kind)) {
            linter.report(
                expr.span,
                format!("Azure is not known to have the type `{kind}`, which `{name}` asks for"),
            );
        }
    }
}

fn kind<'a>(linter: &Linter<'a>, expr: &'a Expr) -> Option<&'a str> {
    if let ExprKind::Call { .. } | ExprKind::Method { .. } = expr.kind {
        let ("resourceId", arguments) = linter.built_in(expr)? else {
            return None;
        };
        let mut texts = arguments
            .iter()
            .filter_map(|argument| linter.literal(argument));
        return texts.find(|text| is_type(text));
    }
    linter.literal(expr).filter(|text| is_type(text))
}

/// Whether a text is written as a type is: a namespace with a dot, and names.
fn is_type(text: &str) -> bool {
    let mut parts = text.split('/');
    let namespace = parts.next().unwrap_or("");
    let is_word = |part: &str, more: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|character| character.is_ascii_alphanumeric() || more.contains(character))
    };
    let rest: Vec<&str> = parts.collect();
    namespace.contains('.')
        && is_word(namespace, ".")
        && !rest.is_empty()
        && rest.iter().all(|part| is_word(part, "-._"))
}
