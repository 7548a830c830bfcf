//! `use-parent-property`: a child whose name repeats that of its parent.

use std::collections::HashMap;

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::{Expr, ExprKind, StringLiteral};
use crate::model::{ResourceId, ResourceInfo};

pub(super) const RULE: Rule = Rule {
    code: "use-parent-property",
    level: RuleLevel::Warning,
    summary: "a child names its parent with `parent`",
    reason: "The compiler then builds the name, knows the dependency, and checks that the types belong together.",
    bad: "resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {\n  name: 'vault'\n}\nresource secret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {\n  name: '${vault.name}/secret'\n}\n",
    good: "resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {\n  name: 'vault'\n}\nresource secret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {\n  parent: vault\n  name: 'secret'\n}\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    let resources = &linter.model.resources;
    let mut by_kind: HashMap<String, Vec<&ResourceInfo>> = HashMap::new();
    for resource in resources {
        by_kind
            .entry(resource.kind.to_ascii_lowercase())
            .or_default()
            .push(resource);
    }
    for child in resources {
        let Some(name) =
            literal_name(child).filter(|_| child.parent.is_none() && child.extension.is_none())
        else {
            continue;
        };
        let Some((parent_kind, _)) = child
            .kind
            .rsplit_once('/')
            .filter(|(kind, _)| kind.contains('/'))
        else {
            continue;
        };
        let is_parent = |parent: &ResourceInfo| {
            parent.kind.eq_ignore_ascii_case(parent_kind) && parent.syntax.body.for_loop.is_none()
        };
        let by_name = named_parent(linter, name).filter(|id| is_parent(&resources[*id]));
        let found = by_name.map_or_else(
            || {
                let candidates = by_kind
                    .get(&parent_kind.to_ascii_lowercase())?
                    .iter()
                    .copied();
                let mut candidates = candidates.filter(|parent| is_parent(parent));
                candidates.find(|parent| {
                    own_name(parent).is_some_and(|parent| starts_with(linter, name, parent))
                })
            },
            |id| Some(&resources[id]),
        );
        if let Some(parent) = found {
            let (child, parent) = (&child.syntax.name.text, &parent.syntax.name.text);
            linter.report(
                name.span,
                format!("the name of `{child}` repeats that of `{parent}`: `parent: {parent}` says it once"),
            );
        }
    }
}

fn own_name(resource: &ResourceInfo) -> Option<&Expr> {
    Some(
        resource
            .syntax
            .body
            .object
            .as_ref()?
            .get("name")?
            .value
            .bare(),
    )
}

fn literal_name(resource: &ResourceInfo) -> Option<&StringLiteral> {
    match &own_name(resource)?.kind {
        ExprKind::String(literal) => Some(literal),
        _ => None,
    }
}

/// `vault` of `'${vault.name}/…'`.
fn named_parent<'a>(linter: &Linter<'a>, name: &'a StringLiteral) -> Option<ResourceId> {
    let begins = name.segments.first()?.is_empty() && name.segments.get(1)?.starts_with('/');
    match &name.parts.first()?.kind {
        ExprKind::Property { base, name, .. } if begins && &*name.text == "name" => {
            linter.resource(base)
        }
        _ => None,
    }
}

/// Whether `child` is the name `parent`, a slash, and more.
fn starts_with<'a>(linter: &Linter<'a>, child: &'a StringLiteral, parent: &'a Expr) -> bool {
    let ExprKind::String(parent) = &parent.kind else {
        return child.segments.first().is_some_and(String::is_empty)
            && child
                .segments
                .get(1)
                .is_some_and(|next| next.starts_with('/'))
            && child
                .parts
                .first()
                .is_some_and(|first| linter.are_alike(first, parent));
    };
    let last = parent.segments.len() - 1;
    child.segments.len() >= parent.segments.len()
        && child.segments[..last] == parent.segments[..last]
        && child.segments[last]
            .strip_prefix(&*parent.segments[last])
            .is_some_and(|rest| rest.starts_with('/'))
        && child
            .parts
            .iter()
            .zip(&parent.parts)
            .all(|(left, right)| linter.are_alike(left, right))
}
