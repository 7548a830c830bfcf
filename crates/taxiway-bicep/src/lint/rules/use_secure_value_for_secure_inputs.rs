//! `use-secure-value-for-secure-inputs`: a secret of a resource that everybody can read.

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::walk::descendants;
use crate::ast::{ArrayItem, BinaryOperator, Expr, ExprKind, Object, ObjectItem};
use crate::functions;
use crate::model::{DeclarationKind, Parent};
use crate::types::{self, BodyUse, Type};

pub(super) const RULE: Rule = Rule {
    code: "use-secure-value-for-secure-inputs",
    level: RuleLevel::Warning,
    summary: "a property that holds a secret is given one: a secure parameter, or what a vault holds",
    reason: "A secret that is written out, or comes from an ordinary parameter, stays readable in the history of deployments.",
    bad: "param login string\nparam pass string\nresource server 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' = {\n  name: 'server'\n  location: 'westeurope'\n  properties: { administratorLogin: login, administratorLoginPassword: pass }\n}\n",
    good: "param login string\n@secure()\nparam pass string\nresource server 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' = {\n  name: 'server'\n  location: 'westeurope'\n  properties: { administratorLogin: login, administratorLoginPassword: pass }\n}\n",
    check,
};

/// Objects in objects, and variables that lead to variables: how many in a row are followed.
const MAX_DEPTH: u32 = 50;

fn check(linter: &mut Linter<'_>) {
    for info in &linter.model.resources {
        let Some(object) = &info.syntax.body.object else {
            continue;
        };
        if info.extension.is_some() || info.syntax.existing {
            continue;
        }
        let usage = BodyUse {
            is_existing: false,
            is_nested: matches!(info.parent, Some(Parent::Nested(_))),
            has_parent: info.parent.is_some(),
            is_derived: false,
        };
        let resource = types::resource(&info.kind, &info.api_version, usage);
        visit(linter, object, &resource.kind.body, MAX_DEPTH);
    }
}

fn visit<'a>(linter: &mut Linter<'a>, object: &'a Object, kind: &Type, depth: u32) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    let members = match kind.body() {
        Type::Object(members) => members,
        Type::Tagged(tagged) => {
            let tag = object.get(&tagged.key);
            let variant = tag
                .and_then(|tag| tag.value.plain_string())
                .and_then(|tag| tagged.variants.get(tag));
            match variant {
                Some(variant) => variant.clone(),
                None => return,
            }
        }
        _ => return,
    };
    for item in &object.items {
        let ObjectItem::Property(property) = item else {
            continue;
        };
        let Some(name) = property.key.plain() else {
            continue;
        };
        let member = members.members.get(name).map(|member| &member.kind);
        let additional = members.additional.as_ref().map(|more| &more.kind);
        let Some(kind) = member.or(additional).map(Type::open) else {
            continue;
        };
        if is_secret(&kind) {
            if is_readable(linter, &property.value, MAX_DEPTH) {
                linter.report(
                    property.value.span,
                    format!("`{name}` holds a secret, and anybody can read this value"),
                );
            }
        } else {
            descend(linter, &property.value, &kind, depth);
        }
    }
}

fn descend<'a>(linter: &mut Linter<'a>, value: &'a Expr, kind: &Type, depth: u32) {
    match (&value.bare().kind, kind) {
        (ExprKind::Object(object), _) => visit(linter, object, kind, depth),
        (ExprKind::Array(items), Type::Array(array)) => {
            let item_kind = array.item.open();
            for item in items {
                if let ArrayItem::Value(item) = item {
                    descend(linter, item, &item_kind, depth);
                }
            }
        }
        (ExprKind::For(for_loop), Type::Array(array)) => {
            descend(linter, &for_loop.body, &array.item.open(), depth);
        }
        _ => {}
    }
}

fn is_secret(kind: &Type) -> bool {
    match kind {
        Type::String(text) => text.is_secret,
        Type::Object(object) => object.is_secret,
        _ => false,
    }
}

/// Whether a value is certainly text that is no secret: known before the deployment, and made of nothing that is secure.
fn is_readable<'a>(linter: &Linter<'a>, value: &'a Expr, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    match &value.bare().kind {
        ExprKind::String(literal) if literal.plain() == Some("") => false,
        ExprKind::Ternary(_, then, otherwise) => {
            is_readable(linter, then, depth) || is_readable(linter, otherwise, depth)
        }
        ExprKind::Binary(BinaryOperator::Coalesce, value, otherwise) => {
            is_readable(linter, value, depth) || is_readable(linter, otherwise, depth)
        }
        ExprKind::Name(_) => match linter.named(value) {
            Some(DeclarationKind::Variable(variable)) => {
                is_readable(linter, &variable.value, depth)
            }
            _ => linter.is_string(value) && linter.secrets(value).is_empty(),
        },
        _ => linter.is_string(value) && linter.secrets(value).is_empty() && !is_late(linter, value),
    }
}

/// Whether a value is only known while it is deployed.
fn is_late<'a>(linter: &Linter<'a>, value: &'a Expr) -> bool {
    let mut is_late = false;
    descendants(value, &mut |expr| {
        is_late |= matches!(
            linter.named(expr),
            Some(DeclarationKind::Resource(_) | DeclarationKind::Module(_))
        ) || linter
            .built_in(expr)
            .is_some_and(|(name, _)| functions::needs_runtime(name));
    });
    is_late
}
