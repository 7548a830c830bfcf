//! Whether a file's template uses symbolic names.

use super::{DeclarationKind, Model, ModuleTarget, Target, Workspace};
use crate::ast::walk::{children, roots};
use crate::ast::{
    ArrayItem, Body, Decorator, Expr, ExprKind, ObjectItem, Statement, TypeExpr, TypeKind,
    decorator,
};

/// Sets [`Model::symbolic`] and the experimental features that change the language version.
pub(super) fn decide(workspace: &Workspace<'_>, model: &mut Model) {
    let configuration = workspace.configuration(&model.path);
    let mut experimental = Vec::new();
    if configuration.enables("assertions") {
        experimental.push("Asserts".to_owned());
    }
    model.experimental = experimental;
    model.symbolic = configuration.enables("symbolicNameCodegen")
        || !model.experimental.is_empty()
        || model.statements.iter().any(statement_needs_it)
        || declarations_need_it(model)
        || uses_collection_as_value(model);
}

fn has(decorators: &[Decorator], name: &str) -> bool {
    decorator(decorators, name).is_some()
}

fn statement_needs_it(statement: &Statement) -> bool {
    match statement {
        Statement::Type(_)
        | Statement::Function(_)
        | Statement::Import(_)
        | Statement::Extension(_) => true,
        Statement::Variable(variable) => variable.kind.is_some(),
        Statement::Parameter(parameter) => parameter.kind.as_ref().is_some_and(type_needs_it),
        Statement::Output(output) => {
            type_needs_it(&output.kind) || has(&output.decorators, "secure")
        }
        Statement::Resource(resource) => {
            has(&resource.decorators, "onlyIfNotExists") || has(&resource.decorators, "retryOn")
        }
        Statement::Module(module) => {
            module
                .body
                .object
                .as_ref()
                .is_some_and(|object| object.get("name").is_none())
                || has(&module.decorators, "onlyIfNotExists")
                || has(&module.decorators, "retryOn")
        }
        _ => false,
    }
}

fn type_needs_it(kind: &TypeExpr) -> bool {
    match &kind.kind {
        TypeKind::Array(_)
        | TypeKind::Object { .. }
        | TypeKind::Tuple(_)
        | TypeKind::Union(_)
        | TypeKind::Nullable(_)
        | TypeKind::NonNull(_) => true,
        TypeKind::Paren(inner)
        | TypeKind::AdditionalOf(inner)
        | TypeKind::ItemOf(inner)
        | TypeKind::IndexOf(inner, _)
        | TypeKind::Property(inner, _, _) => type_needs_it(inner),
        TypeKind::Name(..) | TypeKind::Literal(_) | TypeKind::Missing => false,
    }
}

fn declarations_need_it(model: &Model) -> bool {
    let existing_with_dependencies = model.resources.iter().any(|resource| {
        let object = resource.syntax.body.object.as_ref();
        (resource.syntax.existing && object.is_some_and(|object| object.get("dependsOn").is_some()))
            || has(&resource.syntax.decorators, "onlyIfNotExists")
            || has(&resource.syntax.decorators, "retryOn")
    });
    let secure_module = model.modules.iter().any(|module| match &module.target {
        ModuleTarget::Bicep(module) => module
            .outputs
            .iter()
            .any(|output| has(&output.decorators, "secure")),
        ModuleTarget::Json(json) => json
            .template
            .get("outputs")
            .and_then(serde_json::Value::as_object)
            .is_some_and(|outputs| outputs.values().any(is_secure_output)),
        ModuleTarget::TemplateSpec(_) | ModuleTarget::Unknown => false,
    });
    existing_with_dependencies || secure_module
}

pub(crate) fn is_secure_output(output: &serde_json::Value) -> bool {
    let kind = output.get("type").and_then(serde_json::Value::as_str);
    kind.is_some_and(|kind| kind.to_lowercase().starts_with("secure"))
}

fn uses_collection_as_value(model: &Model) -> bool {
    let mut found = false;
    for statement in &model.statements {
        if !matches!(statement, Statement::Resource(_) | Statement::Module(_)) {
            roots(statement, &mut |expr| {
                found |= holds_collection(model, expr)
            });
        }
    }
    let resources = model.resources.iter().map(|info| &info.syntax.body);
    let modules = model.modules.iter().map(|info| &info.syntax.body);
    found
        || resources
            .chain(modules)
            .any(|body| body_holds_collection(model, body))
}

fn body_holds_collection(model: &Model, body: &Body) -> bool {
    let head = body.for_loop.iter().map(|head| &head.collection);
    if head
        .chain(&body.condition)
        .any(|expr| holds_collection(model, expr))
    {
        return true;
    }
    let items = body.object.iter().flat_map(|object| &object.items);
    items.into_iter().any(|item| match item {
        ObjectItem::Property(property) if property.key.plain() == Some("dependsOn") => {
            dependencies_hold_value(model, &property.value)
        }
        ObjectItem::Property(property) => {
            property
                .key
                .parts
                .iter()
                .any(|part| holds_collection(model, part))
                || holds_collection(model, &property.value)
        }
        ObjectItem::Spread(value) => holds_collection(model, value),
        ObjectItem::Resource(_) => false,
    })
}

/// `dependsOn` may name collections; they are no values there, unless something is computed with them.
fn dependencies_hold_value(model: &Model, value: &Expr) -> bool {
    match &value.bare().kind {
        ExprKind::Array(items) => items.iter().any(|item| match item {
            ArrayItem::Value(value) => {
                !is_collection(model, value) && holds_collection(model, value)
            }
            ArrayItem::Spread(value) => holds_collection(model, value),
        }),
        _ => holds_collection(model, value),
    }
}

fn is_collection(model: &Model, expr: &Expr) -> bool {
    let (ExprKind::Name(name) | ExprKind::Nested { name, .. }) = &expr.kind else {
        return false;
    };
    match model.target(name) {
        Some(Target::Declaration(id)) => match model.declarations[id].kind {
            DeclarationKind::Resource(resource) => {
                model.resources[resource].syntax.body.for_loop.is_some()
            }
            DeclarationKind::Module(module) => model.modules[module].syntax.body.for_loop.is_some(),
            _ => false,
        },
        _ => false,
    }
}

/// Whether a whole collection stands somewhere in `expr` as a value.
fn holds_collection(model: &Model, expr: &Expr) -> bool {
    if is_collection(model, expr) {
        return true;
    }
    match &expr.kind {
        ExprKind::Index { base, index, .. } if is_collection(model, base) => {
            holds_collection(model, index)
        }
        ExprKind::Call { name, .. } if &*name.text == "nameof" => false,
        _ => {
            let mut found = false;
            children(expr, &mut |child| found |= holds_collection(model, child));
            found
        }
    }
}
