//! Values that must be known when the deployment starts: names, conditions, what loops walk, and loops of variables.

use taxiway_diagnostics::Span;

use super::inlining::{Analysis, symbol};
use super::{DeclarationKind, Model, Workspace};
use crate::ast::walk::children;
use crate::ast::{Body, Expr, ExprKind, Ident};

/// Variables that lead to variables, as elsewhere.
const MAX_DEPTH: usize = 100;

/// Reports values that are needed at the start and are only known later.
pub(super) fn check(workspace: &Workspace<'_>, model: &Model) {
    let mut checks = Checks {
        workspace,
        model,
        analysis: Analysis::new(model),
    };
    for resource in &model.resources {
        if !resource.syntax.existing {
            checks.body(&resource.syntax.body);
        }
    }
    for module in &model.modules {
        checks.body(&module.syntax.body);
    }
    for declaration in &model.declarations {
        if let DeclarationKind::Variable(variable) = &declaration.kind
            && let ExprKind::For(for_loop) = &variable.value.bare().kind
        {
            checks.value(&for_loop.collection, "BCP178", "what a loop walks");
            checks.value(&for_loop.body, "BCP182", "a variable made by a loop");
        }
    }
}

struct Checks<'a, 's> {
    workspace: &'a Workspace<'s>,
    model: &'a Model,
    analysis: Analysis<'a>,
}

impl Checks<'_, '_> {
    fn body(&mut self, body: &Body) {
        if let Some(head) = &body.for_loop {
            self.value(&head.collection, "BCP178", "what a loop walks");
        }
        if let Some(condition) = &body.condition {
            self.value(condition, "BCP120", "a condition");
        }
        if let Some(name) = body.object.as_ref().and_then(|object| object.get("name")) {
            self.value(&name.value, "BCP120", "a name");
        }
    }

    fn value(&mut self, expr: &Expr, code: &'static str, what: &str) {
        let mut late = Vec::new();
        self.late(expr, 0, &mut late);
        for span in late {
            let message =
                format!("{what} must be known when the deployment starts, and this is not");
            self.workspace.error(&self.model.path, span, code, message);
        }
    }

    /// The innermost expressions that need a deployed resource or module. What an index computes is not guessed.
    fn late(&mut self, expr: &Expr, depth: usize, found: &mut Vec<Span>) {
        if depth > MAX_DEPTH || !self.analysis.expression(expr) {
            return;
        }
        match &expr.kind {
            ExprKind::Nested { .. } => return found.push(expr.span),
            ExprKind::Name(name) => return self.late_name(name, expr.span, depth, found),
            ExprKind::Property { base, name, .. } => {
                if let Some(is_late) = self.analysis.property(base, &name.text) {
                    if is_late {
                        found.push(expr.span);
                    }
                    return;
                }
            }
            ExprKind::Index { base, index, .. } => {
                if let Some((kind, element)) = symbol(self.model, base) {
                    let is_element = element.is_none() && self.is_collection(&kind);
                    let property = index.plain_string();
                    let is_late = is_element
                        || property.is_some_and(|property| {
                            self.analysis.property(base, property) == Some(true)
                        });
                    if is_late {
                        found.push(expr.span);
                    }
                    return;
                }
            }
            _ => {}
        }
        let mut inner = Vec::new();
        children(expr, &mut |child| inner.push(child));
        for child in inner {
            self.late(child, depth, found);
        }
    }

    fn late_name(&mut self, name: &Ident, span: Span, depth: usize, found: &mut Vec<Span>) {
        let Some(declaration) = self.model.declaration(name) else {
            return;
        };
        match &declaration.kind {
            DeclarationKind::Variable(variable) => {
                let mut through = Vec::new();
                self.late(&variable.value, depth + 1, &mut through);
                if !through.is_empty() {
                    found.push(span);
                }
            }
            DeclarationKind::Resource(_) | DeclarationKind::Module(_) => found.push(span),
            _ => {}
        }
    }

    fn is_collection(&self, kind: &DeclarationKind) -> bool {
        match kind {
            DeclarationKind::Resource(resource) => self.model.resources[*resource]
                .syntax
                .body
                .for_loop
                .is_some(),
            DeclarationKind::Module(module) => {
                self.model.modules[*module].syntax.body.for_loop.is_some()
            }
            _ => false,
        }
    }
}
