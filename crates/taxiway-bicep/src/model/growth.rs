//! How much longer a template is than its source, where parts of it are put in more than once.
//!
//! Variables that need the deployment stand where they are used, names of resources in the names that use them, and
//! modules in each place that deploys them. If each uses the one before twice, thirty of them fill any memory; so this is
//! counted before anything is emitted.

use std::collections::HashMap;

use serde_json::Value;

use super::{DeclarationId, DeclarationKind, Model, ModuleTarget, Target, Workspace};
use crate::ast::walk::{children, descendants};
use crate::ast::{Body, Expr, ExprKind};

/// How many parts an expression may have once everything stands in it. Azure takes expressions of 24,576 characters.
const MAX_EXPRESSION: u64 = 20_000;
/// How many levels such an expression may have.
const MAX_DEPTH: u64 = 300;
/// How many parts the expressions of a file may have together.
const MAX_FILE: u64 = 1_000_000;
/// How long a template may be, roughly in bytes. Azure takes 4 MB.
const MAX_TEMPLATE: u64 = 16 << 20;
/// What a template is made of besides what its file says.
const FRAME: u64 = 512;

/// Reports what grows too large; about how long the template is. In `order` each declaration comes after those it
/// refers to.
pub(super) fn measure(workspace: &Workspace<'_>, model: &Model, order: &[DeclarationId]) -> u64 {
    expressions(workspace, model, order);
    template(workspace, model)
}

fn expressions(workspace: &Workspace<'_>, model: &Model, order: &[DeclarationId]) {
    let mut parts: HashMap<DeclarationId, u64> = HashMap::new();
    let mut depths: HashMap<DeclarationId, u64> = HashMap::new();
    for id in order {
        let own = match &model.declarations[*id].kind {
            DeclarationKind::Variable(variable) if model.inlined.contains(id) => {
                parts_of(model, &parts, &variable.value)
            }
            DeclarationKind::Resource(resource) => {
                identity(model, &parts, &model.resources[*resource].syntax.body)
            }
            DeclarationKind::Module(module) => {
                identity(model, &parts, &model.modules[*module].syntax.body)
            }
            _ => continue,
        };
        if own > MAX_EXPRESSION {
            let name = &model.declarations[*id].name;
            let message = format!(
                "`{}` stands for an expression of more than {MAX_EXPRESSION} parts in the template, as what it uses is \
                 put in each time; use less of it",
                name.text
            );
            return workspace.error(&model.path, name.span, "too-large-an-expression", message);
        }
        parts.insert(*id, own);
        if let DeclarationKind::Variable(variable) = &model.declarations[*id].kind {
            let depth = depth_of(model, &depths, &variable.value);
            if depth > MAX_DEPTH {
                let name = &model.declarations[*id].name;
                let message = format!(
                    "`{}` stands for an expression of more than {MAX_DEPTH} levels in the template, as what it uses is \
                     put in; nest less of it",
                    name.text
                );
                return workspace.error(&model.path, name.span, "too-large-an-expression", message);
            }
            depths.insert(*id, depth);
        }
    }
    let uses = model.bindings.values().map(|target| used(&parts, *target));
    if uses.fold(0, u64::saturating_add) > MAX_FILE
        && let Some((id, _)) = parts.iter().max_by_key(|(id, parts)| (**parts, **id))
    {
        let name = &model.declarations[*id].name;
        let message = format!(
            "the expressions of this file have more than {MAX_FILE} parts together, as what `{}` and others stand for is \
             put in each time they are used; use them less",
            name.text
        );
        workspace.error(&model.path, name.span, "too-large-an-expression", message);
    }
}

fn used(parts: &HashMap<DeclarationId, u64>, target: Target) -> u64 {
    match target {
        Target::Declaration(id) => parts.get(&id).copied().unwrap_or(0),
        Target::Local(_) | Target::Namespace => 0,
    }
}

fn parts_of(model: &Model, parts: &HashMap<DeclarationId, u64>, expr: &Expr) -> u64 {
    let mut count = 0u64;
    descendants(expr, &mut |inner| {
        let inside = match &inner.kind {
            ExprKind::Name(name) | ExprKind::Nested { name, .. } => {
                model.target(name).map_or(0, |target| used(parts, target))
            }
            _ => 0,
        };
        count = count.saturating_add(inside.saturating_add(1));
    });
    count
}

fn depth_of(model: &Model, depths: &HashMap<DeclarationId, u64>, expr: &Expr) -> u64 {
    let mut deepest = match &expr.kind {
        ExprKind::Name(name) => model.target(name).map_or(0, |target| used(depths, target)),
        _ => 0,
    };
    children(expr, &mut |child| {
        deepest = deepest.max(depth_of(model, depths, child));
    });
    deepest + 1
}

/// What stands where the name or the id of a resource or module is used.
fn identity(model: &Model, parts: &HashMap<DeclarationId, u64>, body: &Body) -> u64 {
    ["name", "parent", "scope"]
        .into_iter()
        .filter_map(|name| body.object.as_ref()?.get(name))
        .map(|property| parts_of(model, parts, &property.value))
        .fold(1, u64::saturating_add)
}

fn template(workspace: &Workspace<'_>, model: &Model) -> u64 {
    let ends = (0..model.declarations.len()).map(|id| {
        let name = model.declarations[id].name.span;
        u64::from(model.span_of(id).unwrap_or(name).end)
    });
    let outputs = model
        .outputs
        .iter()
        .map(|output| u64::from(output.span.end));
    let mut size = FRAME + ends.chain(outputs).max().unwrap_or(0);
    for module in &model.modules {
        let inside = match &module.target {
            ModuleTarget::Bicep(inner) => inner.size,
            ModuleTarget::Json(file) => length(&file.template),
            ModuleTarget::TemplateSpec(_) | ModuleTarget::Unknown => 0,
        };
        size = size.saturating_add(inside);
        if size > MAX_TEMPLATE {
            let message = format!(
                "with the modules in it the template is longer than {} MB, and Azure takes 4 MB; deploy fewer modules \
                 from here",
                MAX_TEMPLATE >> 20
            );
            workspace.error(
                &model.path,
                module.syntax.name.span,
                "too-large-a-template",
                message,
            );
            break;
        }
    }
    size
}

/// About how long a value is as text.
fn length(value: &Value) -> u64 {
    let text = |text: &str| {
        u64::try_from(text.len())
            .unwrap_or(u64::MAX)
            .saturating_add(4)
    };
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 4,
        Value::String(value) => text(value),
        Value::Array(items) => items.iter().map(length).fold(4, u64::saturating_add),
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| text(key).saturating_add(length(value)))
            .fold(4, u64::saturating_add),
    }
}
