//! What a file offers to others.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::rc::Rc;

use indexmap::IndexMap;

use super::Checker;
use crate::ast::{Decorator, Function, Parameter, decorator};
use crate::model::{DeclarationKind, TargetScope};
use crate::types::Looseness;
use crate::types::{Type, without_null};

/// The parameters, outputs and exports of a file, with their types.
#[derive(Debug, Default)]
pub(crate) struct Interface {
    pub(crate) parameters: IndexMap<Rc<str>, ParameterType>,
    pub(crate) outputs: IndexMap<Rc<str>, Type>,
    pub(crate) variables: HashMap<Rc<str>, Type>,
    pub(crate) types: HashMap<Rc<str>, Type>,
    pub(crate) functions: HashMap<Rc<str>, Rc<FunctionType>>,
    /// Where it is deployed to, as far as it says so.
    pub(crate) scope: Option<TargetScope>,
    /// Keeps the types that hold themselves.
    pub(crate) kept: Vec<Rc<OnceCell<Type>>>,
}

#[derive(Debug)]
pub(crate) struct ParameterType {
    pub(crate) kind: Type,
    pub(crate) is_required: bool,
    pub(crate) is_secret: bool,
}

#[derive(Debug)]
pub(crate) struct FunctionType {
    pub(crate) parameters: Vec<Type>,
    pub(crate) result: Type,
}

impl<'a> Checker<'a> {
    pub(super) fn interface(&mut self) -> Interface {
        let mut interface = Interface {
            scope: Some(self.model.target_scope),
            ..Interface::default()
        };
        if self.is_parameters_file {
            return interface;
        }
        let model = self.model;
        for (id, declaration) in model.declarations.iter().enumerate() {
            let name = Rc::clone(&declaration.name.text);
            match &declaration.kind {
                DeclarationKind::Parameter(parameter) => {
                    let kind = self.parameter_as_written(parameter);
                    interface.parameters.insert(name, kind);
                }
                DeclarationKind::Variable(variable) if exported(&variable.decorators) => {
                    let kind = self.declaration_type(id);
                    interface.variables.insert(name, kind);
                }
                DeclarationKind::Function(function) if exported(&function.decorators) => {
                    let function = Rc::new(self.signature_of(function));
                    interface.functions.insert(name, function);
                }
                DeclarationKind::Type(declared) if exported(&declared.decorators) => {
                    let kind = self.type_of_declaration(id);
                    interface.types.insert(name, kind);
                }
                _ => {}
            }
        }
        for output in &model.outputs {
            let kind = self.quietly(|checker| {
                checker.decorated_type(&output.kind, &output.decorators, Looseness::Strict)
            });
            let kind = if kind.is_error() { Type::Any } else { kind };
            interface.outputs.insert(Rc::clone(&output.name.text), kind);
        }
        interface.kept = self.aliases.values().cloned().collect();
        interface
    }

    /// Works something out again without saying again what is wrong about it.
    pub(super) fn quietly<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::take(&mut self.diagnostics);
        let result = work(self);
        self.diagnostics = before;
        result
    }

    fn parameter_as_written(&mut self, parameter: &'a Parameter) -> ParameterType {
        let kind = self.quietly(|checker| match &parameter.kind {
            Some(kind) => {
                let allowed = checker.allowed_values(parameter);
                let written =
                    checker.decorated_type(kind, &parameter.decorators, Looseness::Strict);
                allowed.unwrap_or(written)
            }
            None => Type::Any,
        });
        let kind = if kind.is_error() { Type::Any } else { kind };
        let may_be_null = without_null(&kind).is_some() || matches!(kind, Type::Any | Type::Null);
        ParameterType {
            is_required: parameter.default.is_none() && !may_be_null
                || parameter.default.is_none() && kind.is_any(),
            is_secret: decorator(&parameter.decorators, "secure").is_some(),
            kind,
        }
    }

    /// What a declared function takes and gives; what is wrong about it is said where it is declared.
    pub(super) fn signature_of(&mut self, function: &'a Function) -> FunctionType {
        self.quietly(|checker| FunctionType {
            parameters: function
                .parameters
                .iter()
                .map(|(_, kind)| match checker.written_type(kind) {
                    Type::Error => Type::Any,
                    kind => kind,
                })
                .collect(),
            result: match checker.written_type(&function.output) {
                Type::Error => Type::Any,
                kind => kind,
            },
        })
    }
}

fn exported(decorators: &[Decorator]) -> bool {
    decorator(decorators, "export").is_some()
}
