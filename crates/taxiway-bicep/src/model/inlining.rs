//! Variables that cannot stand in a template: their value is put where they are used.

use std::collections::{HashMap, HashSet};

use super::{DeclarationId, DeclarationKind, Model, ResourceId, Target};
use crate::ast::walk::children;
use crate::ast::{Expr, ExprKind};
use crate::functions;

/// The variables of `model` whose value is only known while the deployment runs. In `order` each declaration comes after
/// those it refers to.
pub(super) fn inlined_variables(model: &Model, order: &[DeclarationId]) -> HashSet<DeclarationId> {
    let mut analysis = Analysis::new(model);
    order
        .iter()
        .copied()
        .filter(|id| {
            matches!(model.declarations[*id].kind, DeclarationKind::Variable(_))
                && model.reaching.contains(id)
                && analysis.declaration(*id)
        })
        .collect()
}

/// Whether the name, scope or parent of a resource is only known while the deployment runs.
pub(crate) fn identifier_needs_runtime(model: &Model, resource: ResourceId) -> bool {
    Analysis::new(model).identifier_needs_runtime(resource)
}

pub(super) struct Analysis<'a> {
    model: &'a Model,
    known: HashMap<DeclarationId, bool>,
}

impl<'a> Analysis<'a> {
    pub(super) fn new(model: &'a Model) -> Self {
        Self {
            model,
            known: HashMap::new(),
        }
    }

    fn declaration(&mut self, id: DeclarationId) -> bool {
        if !self.model.reaching.contains(&id) {
            return false;
        }
        if let Some(known) = self.known.get(&id) {
            return *known;
        }
        self.known.insert(id, false);
        let result = match &self.model.declarations[id].kind {
            DeclarationKind::Variable(variable) => self.expression(&variable.value),
            _ => false,
        };
        self.known.insert(id, result);
        result
    }

    /// Whether an expression needs the deployment.
    pub(super) fn expression(&mut self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Name(name) => match self.model.target(name) {
                Some(Target::Declaration(id)) => match self.model.declarations[id].kind {
                    DeclarationKind::Variable(_) => self.declaration(id),
                    DeclarationKind::Resource(_) | DeclarationKind::Module(_) => true,
                    _ => false,
                },
                Some(Target::Namespace) => &*name.text == "this",
                _ => false,
            },
            ExprKind::Nested { .. } => true,
            ExprKind::Property { base, name, .. } => self
                .property(base, &name.text)
                .unwrap_or_else(|| self.expression(base)),
            ExprKind::Index { base, index, .. } => {
                let property = index
                    .plain_string()
                    .and_then(|property| self.property(base, property));
                property.unwrap_or_else(|| self.expression(base) || self.expression(index))
            }
            ExprKind::Call { name, arguments } => {
                if &*name.text == "nameof" && self.model.target(name).is_none() {
                    return false;
                }
                let is_builtin = self.model.target(name).is_none();
                (is_builtin && functions::needs_runtime(&name.text))
                    || arguments.iter().any(|argument| self.expression(argument))
            }
            ExprKind::Method {
                base,
                name,
                arguments,
                ..
            } => {
                if let ExprKind::Name(namespace) = &base.kind
                    && self.model.target(namespace) == Some(Target::Namespace)
                {
                    if &*name.text == "nameof" {
                        return false;
                    }
                    return &*namespace.text == "this"
                        || functions::needs_runtime(&name.text)
                        || arguments.iter().any(|argument| self.expression(argument));
                }
                self.expression(base) || arguments.iter().any(|argument| self.expression(argument))
            }
            _ => {
                let mut result = false;
                children(expr, &mut |child| result |= self.expression(child));
                result
            }
        }
    }

    /// Whether `base.property` needs the deployment, where `base` is a resource or module.
    pub(super) fn property(&mut self, base: &Expr, property: &str) -> Option<bool> {
        let (target, index) = symbol(self.model, base)?;
        let at_start = match target {
            DeclarationKind::Resource(resource) => {
                matches!(property, "id" | "name" | "type" | "apiVersion")
                    && !self.identifier_needs_runtime(resource)
            }
            DeclarationKind::Module(_) => property == "name",
            _ => return None,
        };
        Some(!at_start || index.is_some_and(|index| self.expression(index)))
    }

    /// Whether the name, scope or parent of a resource needs the deployment.
    fn identifier_needs_runtime(&mut self, resource: ResourceId) -> bool {
        let info = &self.model.resources[resource];
        let own = info.syntax.body.object.as_ref().is_some_and(|object| {
            ["name", "scope"].iter().any(|property| {
                object
                    .get(property)
                    .is_some_and(|property| self.scope_or_name(&property.value))
            })
        });
        own || info
            .parent
            .is_some_and(|parent| self.identifier_needs_runtime(parent.resource()))
    }

    fn scope_or_name(&mut self, expr: &Expr) -> bool {
        match symbol(self.model, expr) {
            Some((DeclarationKind::Resource(resource), index)) => {
                self.identifier_needs_runtime(resource)
                    || index.is_some_and(|index| self.expression(index))
            }
            Some((DeclarationKind::Module(_), _)) => false,
            _ => self.expression(expr),
        }
    }
}

/// The resource or module that `expr` names, with the index into it.
pub(super) fn symbol<'a>(
    model: &Model,
    expr: &'a Expr,
) -> Option<(DeclarationKind, Option<&'a Expr>)> {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Nested { name, .. } => {
            let kind = &model.declaration(name)?.kind;
            let is_symbol = matches!(
                kind,
                DeclarationKind::Resource(_) | DeclarationKind::Module(_)
            );
            is_symbol.then(|| (kind.clone(), None))
        }
        ExprKind::Index { base, index, .. } => {
            let (kind, _) = symbol(model, base)?;
            Some((kind, Some(index)))
        }
        ExprKind::Paren(inner) | ExprKind::NonNull(inner) => symbol(model, inner),
        _ => None,
    }
}
