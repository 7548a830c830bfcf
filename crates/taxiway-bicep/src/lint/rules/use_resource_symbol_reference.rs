//! `use-resource-symbol-reference`: `reference()` and `list…()` of a resource that has a name here.

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::{Expr, ExprKind};
use crate::model::{Parent, ResourceId};

pub(super) const RULE: Rule = Rule {
    code: "use-resource-symbol-reference",
    level: RuleLevel::Warning,
    summary: "a resource of the file is asked by its name",
    reason: "`account.listKeys()` carries the dependency and the API version; `listKeys(account.id, '…')` repeats both.",
    bad: "resource account 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {\n  name: 'account'\n}\n@secure()\noutput key string = listKeys(account.id, '2023-05-01').keys[0].value\n",
    good: "resource account 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {\n  name: 'account'\n}\n@secure()\noutput key string = account.listKeys().keys[0].value\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    for expr in linter.expressions() {
        let Some((name, arguments)) = linter.built_in(expr) else {
            continue;
        };
        let is_list = name.starts_with("list");
        let fits = if is_list {
            (2..=3).contains(&arguments.len())
        } else {
            name == "reference" && (1..=3).contains(&arguments.len())
        };
        let Some(resource) = fits.then(|| resource_of(linter, arguments)).flatten() else {
            continue;
        };
        let symbol = &linter.model.resources[resource].syntax.name.text;
        let is_full = arguments
            .get(2)
            .and_then(Expr::plain_string)
            .is_some_and(|text| text.eq_ignore_ascii_case("full"));
        let replacement = match (is_list, arguments) {
            (true, [_, version, body]) => format!(
                "{symbol}.{name}({}, {})",
                linter.slice(version.span),
                linter.slice(body.span)
            ),
            (true, _) => format!("{symbol}.{name}()"),
            (false, _) if is_full => symbol.to_string(),
            (false, _) => format!("{symbol}.properties"),
        };
        linter.report_with_fix(
            expr.span,
            format!("`{name}` asks for a resource that is called `{symbol}` here"),
            "use its name",
            [(expr.span, replacement)],
        );
    }
}

/// The resource whose id, and whose API version if any, the arguments give.
fn resource_of<'a>(linter: &Linter<'a>, arguments: &'a [Expr]) -> Option<ResourceId> {
    let candidates = candidates(linter, arguments.first()?);
    let Some(version) = arguments.get(1) else {
        return match candidates.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
    };
    if let ExprKind::Property { base, name, .. } = &version.kind {
        let resource = linter
            .resource(base)
            .filter(|_| &*name.text == "apiVersion")?;
        return candidates.contains(&resource).then_some(resource);
    }
    let version = version.plain_string()?;
    candidates.into_iter().find(|candidate| {
        linter.model.resources[*candidate]
            .api_version
            .eq_ignore_ascii_case(version)
    })
}

fn candidates<'a>(linter: &Linter<'a>, id: &'a Expr) -> Vec<ResourceId> {
    if let ExprKind::Property { base, name, .. } = &id.kind
        && matches!(&*name.text, "id" | "name")
    {
        return linter.resource(base).into_iter().collect();
    }
    let Some(("resourceId", [kind, names @ ..])) = linter.built_in(id) else {
        return Vec::new();
    };
    let Some(kind) = kind.plain_string().filter(|kind| kind.contains('/')) else {
        return Vec::new();
    };
    let resources = linter.model.resources.iter().enumerate();
    resources
        .filter(|(_, resource)| resource.kind.eq_ignore_ascii_case(kind))
        .filter(|(id, _)| is_named(linter, *id, names))
        .map(|(id, _)| id)
        .collect()
}

/// Whether the names of a resource and its parents are written as `names`.
fn is_named(linter: &Linter<'_>, mut resource: ResourceId, names: &[Expr]) -> bool {
    let mut rest = names;
    loop {
        let info = &linter.model.resources[resource];
        let own = info
            .syntax
            .body
            .object
            .as_ref()
            .and_then(|object| object.get("name"));
        let (Some(own), [before @ .., last]) = (own, rest) else {
            return false;
        };
        if !linter.are_alike(&own.value, last) {
            return false;
        }
        rest = before;
        match info.parent.map(Parent::resource) {
            Some(parent) => resource = parent,
            None => return rest.is_empty(),
        }
    }
}
