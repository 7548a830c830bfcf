//! Whether what a name stands for may not be deployed, or many times.

use super::Checker;
use crate::ast::{Expr, ExprKind};
use crate::model::{DeclarationKind, ResourceId};
use crate::types::Type;

impl<'a> Checker<'a> {
    /// Whether `expr` names a resource or module that may not be there.
    pub(super) fn is_conditional(&mut self, expr: &'a Expr) -> bool {
        match &expr.kind {
            ExprKind::Paren(inner) => self.is_conditional(inner),
            ExprKind::Index { base, .. } => {
                let is_collection = self.is_collection(base);
                is_collection && self.is_conditional_symbol(base)
            }
            _ => !self.is_collection(expr) && self.is_conditional_symbol(expr),
        }
    }

    fn is_conditional_symbol(&mut self, expr: &'a Expr) -> bool {
        let (ExprKind::Name(name) | ExprKind::Nested { name, .. }) = &expr.kind else {
            return false;
        };
        let found = self.declaration(name);
        let is_inside = found.is_some_and(|(id, _)| {
            let own = self.model.span_of(id);
            own.is_some_and(|own| own.contains(expr.span.start))
        });
        if is_inside {
            // What stands in it is only deployed with it.
            return false;
        }
        match found.map(|(_, kind)| kind) {
            Some(DeclarationKind::Resource(resource)) => self.may_be_missing(*resource),
            Some(DeclarationKind::Module(module)) => {
                let module = &self.model.modules[*module].syntax;
                let condition = module.body.condition.as_ref();
                condition.is_some_and(|condition| {
                    !matches!(self.infer(condition), Type::BoolLiteral(true))
                })
            }
            _ => false,
        }
    }

    fn may_be_missing(&mut self, resource: ResourceId) -> bool {
        let info = &self.model.resources[resource];
        let syntax = &info.syntax;
        if syntax.existing && crate::ast::decorator(&syntax.decorators, "nullIfNotFound").is_some()
        {
            return true;
        }
        if let Some(condition) = &syntax.body.condition {
            match self.infer(condition) {
                Type::BoolLiteral(false) | Type::Bool(_) => return true,
                _ => {}
            }
        }
        match info.parent {
            Some(crate::model::Parent::Nested(parent)) => self.may_be_missing(parent),
            _ => false,
        }
    }

    /// Whether `expr` names a resource or module that a loop makes.
    pub(super) fn is_collection(&self, expr: &Expr) -> bool {
        let (ExprKind::Name(name) | ExprKind::Nested { name, .. }) = &expr.kind else {
            return false;
        };
        match self.declaration(name).map(|(_, kind)| kind) {
            Some(DeclarationKind::Resource(resource)) => {
                let body = &self.model.resources[*resource].syntax.body;
                body.for_loop.is_some()
            }
            Some(DeclarationKind::Module(module)) => {
                self.model.modules[*module].syntax.body.for_loop.is_some()
            }
            _ => false,
        }
    }
}
