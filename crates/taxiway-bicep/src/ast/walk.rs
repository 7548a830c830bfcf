//! The expressions directly inside an expression.

use super::{
    ArrayItem, Body, Decorator, Expr, ExprKind, Object, ObjectItem, Resource, Statement,
    StringLiteral,
};

/// Calls `visit` for each expression directly inside `expr`, in source order. Nested resources are no expressions.
pub(crate) fn children<'a>(expr: &'a Expr, visit: &mut dyn FnMut(&'a Expr)) {
    match &expr.kind {
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Int(_)
        | ExprKind::Name(_)
        | ExprKind::Missing => {}
        ExprKind::String(literal) => string_parts(literal, visit),
        ExprKind::Object(object) => object_children(object, visit),
        ExprKind::Array(items) => {
            for item in items {
                match item {
                    ArrayItem::Value(value) | ArrayItem::Spread(value) => visit(value),
                }
            }
        }
        ExprKind::Unary(_, operand) | ExprKind::NonNull(operand) | ExprKind::Paren(operand) => {
            visit(operand);
        }
        ExprKind::Binary(_, left, right) => {
            visit(left);
            visit(right);
        }
        ExprKind::Ternary(condition, then, otherwise) => {
            visit(condition);
            visit(then);
            visit(otherwise);
        }
        ExprKind::Property { base, .. } | ExprKind::Nested { base, .. } => visit(base),
        ExprKind::Index { base, index, .. } => {
            visit(base);
            visit(index);
        }
        ExprKind::Call { arguments, .. } => arguments.iter().for_each(visit),
        ExprKind::Method {
            base, arguments, ..
        } => {
            visit(base);
            arguments.iter().for_each(visit);
        }
        ExprKind::Lambda { body, .. } => visit(body),
        ExprKind::For(for_loop) => {
            visit(&for_loop.collection);
            if let Some(condition) = &for_loop.condition {
                visit(condition);
            }
            visit(&for_loop.body);
        }
    }
}

fn string_parts<'a>(literal: &'a StringLiteral, visit: &mut dyn FnMut(&'a Expr)) {
    literal.parts.iter().for_each(visit);
}

pub(crate) fn object_children<'a>(object: &'a Object, visit: &mut dyn FnMut(&'a Expr)) {
    for item in &object.items {
        match item {
            ObjectItem::Property(property) => {
                string_parts(&property.key, visit);
                visit(&property.value);
            }
            ObjectItem::Spread(value) => visit(value),
            ObjectItem::Resource(_) => {}
        }
    }
}

/// The expressions of a resource's or module's body, loop and condition first.
pub(crate) fn body_children<'a>(body: &'a Body, visit: &mut dyn FnMut(&'a Expr)) {
    if let Some(head) = &body.for_loop {
        visit(&head.collection);
    }
    if let Some(condition) = &body.condition {
        visit(condition);
    }
    if let Some(object) = &body.object {
        object_children(object, visit);
    }
}

impl Expr {
    /// The expression without parentheses around it.
    pub(crate) fn bare(&self) -> &Self {
        let mut expr = self;
        while let ExprKind::Paren(inner) = &expr.kind {
            expr = inner;
        }
        expr
    }

    /// The text of a string literal without interpolation.
    pub(crate) fn plain_string(&self) -> Option<&str> {
        match &self.bare().kind {
            ExprKind::String(literal) => literal.plain(),
            _ => None,
        }
    }
}

/// Calls `visit` for each expression of a statement that is not inside another one, in source order, nested resources
/// included.
pub(crate) fn roots<'a>(statement: &'a Statement, visit: &mut dyn FnMut(&'a Expr)) {
    match statement {
        Statement::TargetScope { value, .. }
        | Statement::Metadata { value, .. }
        | Statement::Assert { value, .. } => visit(value),
        Statement::Parameter(parameter) => {
            decorator_roots(&parameter.decorators, visit);
            parameter.default.iter().for_each(visit);
        }
        Statement::Variable(variable) => {
            decorator_roots(&variable.decorators, visit);
            visit(&variable.value);
        }
        Statement::Function(function) => {
            decorator_roots(&function.decorators, visit);
            visit(&function.body);
        }
        Statement::Type(declaration) => decorator_roots(&declaration.decorators, visit),
        Statement::Resource(resource) => resource_roots(resource, visit),
        Statement::Module(module) => {
            decorator_roots(&module.decorators, visit);
            body_children(&module.body, visit);
        }
        Statement::Output(output) => {
            decorator_roots(&output.decorators, visit);
            visit(&output.value);
        }
        Statement::Extension(extension) => {
            if let Some(config) = &extension.config {
                object_children(config, visit);
            }
        }
        Statement::Using { with, .. } => {
            if let Some(with) = with {
                object_children(with, visit);
            }
        }
        Statement::Dangling(decorators) => decorator_roots(decorators, visit),
        Statement::Test(test) => {
            decorator_roots(&test.decorators, visit);
            body_children(&test.body, visit);
        }
        Statement::Import(_) | Statement::Extends { .. } | Statement::Ignored => {}
    }
}

fn decorator_roots<'a>(decorators: &'a [Decorator], visit: &mut dyn FnMut(&'a Expr)) {
    for decorator in decorators {
        if let Some((_, arguments)) = decorator.call() {
            arguments.iter().for_each(&mut *visit);
        }
    }
}

fn resource_roots<'a>(resource: &'a Resource, visit: &mut dyn FnMut(&'a Expr)) {
    decorator_roots(&resource.decorators, visit);
    if let Some(head) = &resource.body.for_loop {
        visit(&head.collection);
    }
    resource.body.condition.iter().for_each(&mut *visit);
    let items = resource.body.object.iter().flat_map(|object| &object.items);
    for item in items {
        match item {
            ObjectItem::Property(property) => {
                string_parts(&property.key, visit);
                visit(&property.value);
            }
            ObjectItem::Spread(value) => visit(value),
            ObjectItem::Resource(nested) => resource_roots(nested, visit),
        }
    }
}

/// Calls `visit` for `expr` and every expression inside, outer ones first, in source order.
pub(crate) fn descendants<'a>(expr: &'a Expr, visit: &mut dyn FnMut(&'a Expr)) {
    visit(expr);
    children(expr, &mut |child| descendants(child, visit));
}
