//! Definitions of functions and classes.

use std::rc::Rc;

use ruff_python_ast::{Expr, StmtClassDef, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::evaluator::{Evaluator, Frame};
use super::value::{Class, Code, Function, Scope, Value};

impl<'a> Evaluator<'a> {
    pub(super) fn define(&mut self, definition: &'a StmtFunctionDef, frame: &mut Frame<'a>) {
        let spot = self.spot(frame, definition.range().start());
        let outer = self.closure(frame);
        let function = Value::Function(Function {
            module: frame.module,
            code: Code::Definition(definition),
            outer,
        });
        let wraps = definition.decorator_list.iter().any(|decorator| {
            !matches!(&decorator.expression, Expr::Name(name) if matches!(name.id.as_str(), "staticmethod" | "classmethod" | "property" | "lru_cache" | "cache"))
                && !matches!(&decorator.expression, Expr::Attribute(attribute) if matches!(attribute.attr.as_str(), "lru_cache" | "cache" | "cached_property" | "setter"))
                && !matches!(&decorator.expression, Expr::Call(call) if matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "lru_cache"))
        });
        let value = if wraps { Value::unknown() } else { function };
        self.assign(frame, definition.name.as_str(), value, spot);
    }

    /// The variables that a function defined here can see besides those of its module.
    pub(crate) fn closure(&self, frame: &Frame<'a>) -> Rc<Scope<'a>> {
        match &frame.locals {
            None => frame.outer.clone(),
            Some(locals) => {
                let mut outer = (*frame.outer).clone();
                outer.extend(
                    locals
                        .iter()
                        .map(|(name, binding)| (name.clone(), binding.clone())),
                );
                Rc::new(outer)
            }
        }
    }

    pub(super) fn define_class(&mut self, definition: &'a StmtClassDef, frame: &mut Frame<'a>) {
        let spot = self.spot(frame, definition.range().start());
        let bases = definition
            .arguments
            .as_ref()
            .map_or_else(Vec::new, |arguments| {
                arguments
                    .args
                    .iter()
                    .map(|base| self.evaluate(base, frame))
                    .collect()
            });
        let mut body = Frame {
            module: frame.module,
            locals: Some(Scope::new()),
            outer: self.closure(frame),
            fields: Some(Vec::new()),
            ..Frame::default()
        };
        self.execute(&definition.body, &mut body);
        let class = Class {
            name: definition.name.as_str().into(),
            bases,
            attributes: body.locals.unwrap_or_default(),
            fields: body.fields.unwrap_or_default(),
        };
        self.assign(
            frame,
            definition.name.as_str(),
            Value::Class(Rc::new(class)),
            spot,
        );
    }
}
