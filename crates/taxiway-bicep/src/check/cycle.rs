//! Declarations that need themselves.

use taxiway_diagnostics::Span;

use super::Checker;
use crate::ast::{TypeExpr, TypeKind, type_children};
use crate::model::{DeclarationId, DeclarationKind};
use crate::types::Type;

/// How many names lead to a type that may be null.
const MAX_DEPTH: usize = 16;

impl<'a> Checker<'a> {
    /// The error of a reference to `id` that is part of a circle, or leads into one.
    pub(super) fn cycle_at(&mut self, id: DeclarationId, span: Span) -> Option<Type> {
        let cycle = self.cycles.get(&id)?.clone();
        let model = self.model;
        let name = &model.declarations[id].name.text;
        let inside = cycle.iter().any(|member| {
            model
                .span_of(*member)
                .is_some_and(|own| own.contains(span.start))
        });
        if !inside {
            let message = format!("the declaration of `{name}` has errors");
            return Some(self.error(span, "BCP062", message));
        }
        if cycle.len() == 1 {
            let message = format!("`{name}` refers to itself");
            return Some(self.error(span, "BCP079", message));
        }
        let message = format!("these need each other in a circle: {}", self.way(&cycle));
        Some(self.error(span, "BCP080", message))
    }

    fn way(&self, cycle: &[DeclarationId]) -> String {
        let names: Vec<String> = cycle
            .iter()
            .chain(cycle.first())
            .map(|id| format!("`{}`", self.model.declarations[*id].name.text))
            .collect();
        names.join(" → ")
    }

    /// Finds the declared types that hold themselves with no way out.
    pub(super) fn types_of_cycles(&mut self) {
        let model = self.model;
        let edges: Vec<Vec<DeclarationId>> = model
            .declarations
            .iter()
            .map(|declaration| {
                let mut found = Vec::new();
                if let DeclarationKind::Type(declared) = &declaration.kind {
                    self.needed(&declared.value, false, &mut found);
                }
                found
            })
            .collect();
        self.type_cycles = crate::model::find_cycles(&edges);
    }

    /// The declared types that a declaration names.
    pub(super) fn types_needed(&self, id: DeclarationId) -> Vec<DeclarationId> {
        let model = self.model;
        let mut found = Vec::new();
        let kind = match &model.declarations[id].kind {
            DeclarationKind::Type(declared) => Some(&declared.value),
            DeclarationKind::Parameter(parameter) => parameter.kind.as_ref(),
            DeclarationKind::Variable(variable) => variable.kind.as_ref(),
            _ => None,
        };
        if let Some(kind) = kind {
            self.named(kind, &mut found);
        }
        found
    }

    fn named(&self, kind: &'a TypeExpr, found: &mut Vec<DeclarationId>) {
        if let TypeKind::Name(name, _) = &kind.kind {
            found.extend(self.declaration(name).map(|(id, _)| id));
        }
        type_children(kind, &mut |_, inner| self.named(inner, found));
    }

    /// The declared types that a value of this type cannot do without.
    fn needed(&self, kind: &'a TypeExpr, is_contained: bool, found: &mut Vec<DeclarationId>) {
        if is_contained && self.admits_null(kind, 0) {
            return;
        }
        match &kind.kind {
            TypeKind::Name(name, arguments) => {
                if let Some((id, DeclarationKind::Type(_))) = self.declaration(name) {
                    found.push(id);
                }
                for argument in arguments {
                    self.needed(argument, true, found);
                }
            }
            TypeKind::Property(base, _, _)
            | TypeKind::AdditionalOf(base)
            | TypeKind::ItemOf(base)
            | TypeKind::IndexOf(base, _)
            | TypeKind::Nullable(base)
            | TypeKind::NonNull(base)
            | TypeKind::Paren(base) => self.needed(base, is_contained, found),
            TypeKind::Array(item) => self.needed(item, true, found),
            TypeKind::Union(members) => {
                for member in members {
                    self.needed(member, is_contained, found);
                }
            }
            TypeKind::Object { members, .. } => {
                for member in members {
                    self.needed(&member.kind, true, found);
                }
            }
            TypeKind::Tuple(items) => {
                for (_, item) in items {
                    self.needed(item, true, found);
                }
            }
            TypeKind::Literal(_) | TypeKind::Missing => {}
        }
    }

    fn admits_null(&self, kind: &TypeExpr, depth: usize) -> bool {
        match &kind.kind {
            TypeKind::Nullable(_) => true,
            TypeKind::Paren(inner) => self.admits_null(inner, depth),
            TypeKind::Union(members) => {
                members.iter().any(|member| self.admits_null(member, depth))
            }
            TypeKind::Literal(literal) => matches!(literal.kind, crate::ast::ExprKind::Null),
            TypeKind::Name(name, _) if depth < MAX_DEPTH => match self.declaration(name) {
                Some((_, DeclarationKind::Type(declared))) => {
                    self.admits_null(&declared.value, depth + 1)
                }
                _ => false,
            },
            _ => false,
        }
    }
}
