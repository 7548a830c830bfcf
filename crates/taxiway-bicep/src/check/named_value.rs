//! What names stand for in expressions.

use std::rc::Rc;

use super::Checker;
use crate::ast::{Expr, Ident};
use crate::model::{DeclarationId, DeclarationKind, ImportSource, Target};
use crate::types::{self, Flags, Member, Type};

impl<'a> Checker<'a> {
    pub(super) fn name(&mut self, expr: &'a Expr, name: &'a Ident) -> Type {
        match self.model.target(name) {
            Some(Target::Declaration(id)) => match self.cycle_at(id, expr.span) {
                Some(error) => error,
                None => self.value_of(expr, name, id),
            },
            Some(Target::Local(local)) => self.locals.get(&local).cloned().unwrap_or(Type::Any),
            Some(Target::Namespace) => self.namespace(&name.text),
            None => Type::Error,
        }
    }

    fn value_of(&mut self, expr: &Expr, name: &Ident, id: DeclarationId) -> Type {
        match &self.model.declarations[id].kind {
            DeclarationKind::Type(_) => {
                let message = format!("`{}` is a type, and a value is expected here", name.text);
                self.error(expr.span, "BCP288", message)
            }
            DeclarationKind::Imported { source, name: from }
                if source.interface().types.contains_key(from) =>
            {
                let message = format!("`{}` is a type, and a value is expected here", name.text);
                self.error(expr.span, "BCP288", message)
            }
            DeclarationKind::Function(_) | DeclarationKind::Imported { .. }
                if self.is_function(id) =>
            {
                let message = format!("`{}` is a function; it has to be called", name.text);
                self.error(name.span, "BCP063", message)
            }
            DeclarationKind::Unknown => Type::Error,
            _ => match self.declaration_type(id) {
                Type::Error => {
                    let message = format!("the declaration of `{}` has errors", name.text);
                    self.error(expr.span, "BCP062", message)
                }
                kind => kind,
            },
        }
    }

    pub(super) fn is_function(&self, id: DeclarationId) -> bool {
        match &self.model.declarations[id].kind {
            DeclarationKind::Function(_) => true,
            DeclarationKind::Imported { source, name } => {
                source.interface().functions.contains_key(name)
            }
            _ => false,
        }
    }

    fn namespace(&self, name: &str) -> Type {
        if matches!(name, "this" | "base") {
            return Type::Any;
        }
        Type::Namespace(Rc::new(types::Object {
            name: Rc::from(name),
            ..types::Object::default()
        }))
    }

    /// What a declared name stands for.
    pub(super) fn declaration_type(&mut self, id: DeclarationId) -> Type {
        if let Some(known) = self.declarations.get(&id) {
            return known.clone();
        }
        // Who asks again before the answer is there has come around in a circle.
        self.declarations.insert(id, Type::Error);
        let model = self.model;
        let outer = std::mem::take(&mut self.ternary_depth);
        let allowed = self.allowed;
        let kind = match &model.declarations[id].kind {
            DeclarationKind::Parameter(parameter) => self.parameter_type(parameter),
            DeclarationKind::Variable(variable) => self.variable_type(variable),
            DeclarationKind::Resource(resource) => self.resource_symbol(*resource),
            DeclarationKind::Module(module) => self.module_symbol(*module),
            DeclarationKind::Imported { source, name } => source
                .interface()
                .variables
                .get(name)
                .cloned()
                .unwrap_or(Type::Any),
            DeclarationKind::Wildcard(source) => Self::wildcard(source),
            DeclarationKind::Extension => Type::Any,
            DeclarationKind::Type(_)
            | DeclarationKind::Function(_)
            | DeclarationKind::Test
            | DeclarationKind::Unknown => Type::Error,
        };
        self.allowed = allowed;
        self.ternary_depth = outer;
        self.declarations.insert(id, kind.clone());
        kind
    }

    fn wildcard(source: &ImportSource) -> Type {
        let interface = source.interface();
        Type::Namespace(Rc::new(types::Object {
            name: Rc::from("namespace"),
            members: interface
                .variables
                .iter()
                .map(|(name, kind)| {
                    let flags = Flags::READ_ONLY.with(Flags::REQUIRED);
                    let kind = kind.clone();
                    (Rc::clone(name), Member { kind, flags })
                })
                .collect(),
            ..types::Object::default()
        }))
    }
}
