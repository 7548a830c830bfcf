//! `prefer-unquoted-property-names`: quotes around a name that needs none.

use taxiway_diagnostics::Span;

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::{ExprKind, Object, ObjectItem};

pub(super) const RULE: Rule = Rule {
    code: "prefer-unquoted-property-names",
    level: RuleLevel::Warning,
    summary: "names of properties are quoted only where they must be",
    reason: "`tags.owner` reads better than `tags['owner']`; quotes are for names such as `'hidden-link'`.",
    bad: "var tags = {\n  'owner': 'me'\n}\noutput owner string = tags['owner']\n",
    good: "var tags = {\n  owner: 'me'\n  'hidden-link': 'x'\n}\noutput owner string = tags.owner\noutput link string = tags['hidden-link']\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    let resources = linter
        .model
        .resources
        .iter()
        .map(|resource| &resource.syntax.body);
    let modules = linter
        .model
        .modules
        .iter()
        .map(|module| &module.syntax.body);
    for object in resources
        .chain(modules)
        .filter_map(|body| body.object.as_ref())
    {
        keys(linter, object);
    }
    for expr in linter.expressions() {
        match &expr.kind {
            ExprKind::Object(object) => keys(linter, object),
            ExprKind::Index {
                base,
                index,
                safe,
                from_end: false,
            } => {
                let ExprKind::String(literal) = &index.kind else {
                    continue;
                };
                if let Some(name) = literal.plain().filter(|name| is_identifier(name)) {
                    let brackets = Span::new(base.span.end, expr.span.end);
                    linter.report_with_fix(
                        brackets,
                        format!("`{name}` can be written with a dot"),
                        "write it with a dot",
                        [(
                            brackets,
                            format!("{}{name}", if *safe { ".?" } else { "." }),
                        )],
                    );
                }
            }
            _ => {}
        }
    }
}

fn keys(linter: &mut Linter<'_>, object: &Object) {
    for item in &object.items {
        let ObjectItem::Property(property) = item else {
            continue;
        };
        let is_quoted = linter.slice(property.key.span).starts_with('\'');
        if let Some(name) = property
            .key
            .plain()
            .filter(|name| is_quoted && is_identifier(name))
        {
            linter.report_with_fix(
                property.key.span,
                format!("`{name}` needs no quotes"),
                "remove the quotes",
                [(property.key.span, name.to_owned())],
            );
        }
    }
}

fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters
        .next()
        .is_some_and(|first| first == '_' || first.is_ascii_alphabetic())
        && characters.all(|character| character == '_' || character.is_ascii_alphanumeric())
}
