//! What local names stand for while an expression is converted.

use std::rc::Rc;

use crate::arm::Arm;
use crate::model::Model;

/// The values of loop variables, lambda variables and function parameters in scope.
#[derive(Clone, Debug, Default)]
pub(super) struct Environment(Option<Rc<Binding>>);

#[derive(Debug)]
struct Binding {
    /// The offset of the local's definition.
    local: u32,
    value: Arm,
    outer: Environment,
}

impl Environment {
    pub(super) fn with(&self, local: u32, value: Arm) -> Self {
        Self(Some(Rc::new(Binding {
            local,
            value,
            outer: self.clone(),
        })))
    }

    pub(super) fn get(&self, local: u32) -> Option<&Arm> {
        let mut current = self;
        while let Some(binding) = &current.0 {
            if binding.local == local {
                return Some(&binding.value);
            }
            current = &binding.outer;
        }
        None
    }
}

/// Where an expression stands: its file, and its locals.
#[derive(Clone, Debug)]
pub(super) struct Context {
    pub(super) model: Rc<Model>,
    pub(super) environment: Environment,
}

impl Context {
    /// The top of a file: no locals.
    pub(super) fn top(model: &Rc<Model>) -> Self {
        Self {
            model: Rc::clone(model),
            environment: Environment::default(),
        }
    }

    pub(super) fn with(&self, local: u32, value: Arm) -> Self {
        Self {
            model: Rc::clone(&self.model),
            environment: self.environment.with(local, value),
        }
    }
}
