//! Walks expressions.
//!
//! Invariant: every value is weighed by the [`Budget`] when it is made, so evaluating ends.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use serde_json::Value;
use taxiway_diagnostics::Span;

use super::budget::Budget;
use super::values::{known, make_array, make_object};
use super::{Evaluated, functions, operators};
use crate::arm::Arm;
use crate::ast::{
    ArrayItem, BinaryOperator, Expr, ExprKind, For, Ident, Object, ObjectItem, StringLiteral,
    UnaryOperator,
};
use crate::model::Model;

/// Expressions within each other, through the variables and functions that they refer to.
const MAX_DEPTH: usize = 300;
/// Values and calls of functions within each other.
pub(super) const MAX_CALLS: usize = 100;

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) span: Span,
    pub(crate) message: String,
}

pub(super) type Outcome = Result<Evaluated, Failure>;

pub(super) fn fail<T>(span: Span, message: impl Into<String>) -> Result<T, Failure> {
    Err(Failure {
        span,
        message: message.into(),
    })
}

/// What a parameters file reads from outside.
pub(crate) struct Inputs<'a> {
    /// Looks up an environment variable.
    pub(crate) environment: &'a dyn Fn(&str) -> Option<String>,
    /// The key of the external input of this kind and configuration.
    pub(crate) external: &'a dyn Fn(&Value, Option<&Value>) -> String,
    /// The assignments of the file that this one extends.
    pub(crate) base: &'a dyn Fn(&str) -> Option<Evaluated>,
}

/// Local names and their values.
#[derive(Clone, Default)]
pub(super) struct Locals(Option<Rc<(u32, Evaluated, Locals)>>);

impl Locals {
    pub(super) fn with(&self, local: &Ident, value: Evaluated) -> Self {
        Self(Some(Rc::new((local.span.start, value, self.clone()))))
    }

    pub(super) fn get(&self, local: u32) -> Option<&Evaluated> {
        let mut current = self;
        while let Some(binding) = &current.0 {
            if binding.0 == local {
                return Some(&binding.1);
            }
            current = &binding.2;
        }
        None
    }
}

/// Where an expression stands.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) model: Rc<Model>,
    pub(super) locals: Locals,
}

/// Evaluates the expressions of one parameters file.
pub(crate) struct Interpreter<'a> {
    pub(super) inputs: Inputs<'a>,
    pub(super) done: RefCell<HashMap<(u32, usize), Evaluated>>,
    pub(super) calls: RefCell<usize>,
    depth: RefCell<usize>,
    pub(super) budget: Budget,
}

impl<'a> Interpreter<'a> {
    pub(crate) fn new(inputs: Inputs<'a>) -> Self {
        Self {
            inputs,
            done: RefCell::default(),
            calls: RefCell::default(),
            depth: RefCell::default(),
            budget: Budget::default(),
        }
    }

    /// The value of an expression at the top of a file.
    pub(crate) fn evaluate(&self, model: &Rc<Model>, expr: &Expr) -> Outcome {
        self.expression(&top(model), expr)
    }

    pub(super) fn expression(&self, place: &Place, expr: &Expr) -> Outcome {
        if *self.depth.borrow() >= MAX_DEPTH {
            return fail(
                expr.span,
                "expressions are nested too deep, through what they refer to; nest them less",
            );
        }
        *self.depth.borrow_mut() += 1;
        let value = self.unweighed(place, expr);
        *self.depth.borrow_mut() -= 1;
        let value = value?;
        self.budget.spend(expr.span, &value)?;
        Ok(value)
    }

    fn unweighed(&self, place: &Place, expr: &Expr) -> Outcome {
        match &expr.kind {
            ExprKind::Null => Ok(Value::Null.into()),
            ExprKind::Bool(value) => Ok(Value::Bool(*value).into()),
            ExprKind::Int(value) => {
                Ok(Value::from(i64::try_from(*value).unwrap_or(i64::MAX)).into())
            }
            ExprKind::String(literal) => self.string(place, literal),
            ExprKind::Name(name) => self.name(place, name),
            ExprKind::Object(object) => self.object(place, object),
            ExprKind::Array(items) => self.array(place, expr.span, items),
            ExprKind::Unary(operator, operand) => self.unary(place, *operator, operand),
            ExprKind::Binary(operator, left, right) => {
                self.binary(place, expr.span, *operator, left, right)
            }
            ExprKind::Ternary(condition, then, otherwise) => {
                self.ternary(place, condition, then, otherwise)
            }
            ExprKind::Property { base, name, safe } => {
                self.property(place, expr.span, base, name, *safe)
            }
            ExprKind::Index {
                base,
                index,
                safe,
                from_end,
            } => {
                let base = self.expression(place, base)?;
                let index = self.expression(place, index)?;
                operators::index(expr.span, base, index, *safe, *from_end)
            }
            ExprKind::Call { name, arguments } => self.call(place, expr, name, arguments),
            ExprKind::Method {
                base,
                name,
                arguments,
                ..
            } => self.method(place, expr, base, name, arguments),
            ExprKind::NonNull(inner) | ExprKind::Paren(inner) => self.expression(place, inner),
            ExprKind::For(for_loop) => self.for_loop(place, for_loop),
            ExprKind::Lambda { .. } | ExprKind::Nested { .. } | ExprKind::Missing => {
                fail(expr.span, "this has no value when the file is compiled")
            }
        }
    }

    fn string(&self, place: &Place, literal: &StringLiteral) -> Outcome {
        if let Some(text) = literal.plain() {
            return Ok(Value::from(text).into());
        }
        let parts = self.all(place, &literal.parts)?;
        let mut out = literal.segments[0].clone();
        let known: Option<Vec<&Value>> = known(&parts);
        if let Some(known) = known {
            for (value, segment) in known.into_iter().zip(&literal.segments[1..]) {
                out.push_str(&operators::to_text(value));
                out.push_str(segment);
            }
            return Ok(Value::String(out).into());
        }
        let mut format = String::new();
        for (index, segment) in literal.segments.iter().enumerate() {
            if index > 0 {
                format.push('{');
                format.push_str(&(index - 1).to_string());
                format.push('}');
            }
            format.push_str(&segment.replace('{', "{{").replace('}', "}}"));
        }
        let mut arguments = vec![Arm::String(format)];
        arguments.extend(parts.into_iter().map(Evaluated::into_arm));
        Ok(Evaluated::Deferred(Arm::call("format", arguments)))
    }

    pub(super) fn all(&self, place: &Place, exprs: &[Expr]) -> Result<Vec<Evaluated>, Failure> {
        exprs
            .iter()
            .map(|expr| self.expression(place, expr))
            .collect()
    }

    fn object(&self, place: &Place, object: &Object) -> Outcome {
        let mut chunks: Vec<Evaluated> = Vec::new();
        let mut open: Vec<(Evaluated, Evaluated)> = Vec::new();
        let mut has_spread = false;
        for item in &object.items {
            match item {
                ObjectItem::Property(property) => {
                    let key = self.string(place, &property.key)?;
                    open.push((key, self.expression(place, &property.value)?));
                }
                ObjectItem::Spread(value) => {
                    has_spread = true;
                    if !open.is_empty() {
                        chunks.push(make_object(std::mem::take(&mut open)));
                    }
                    chunks.push(self.expression(place, value)?);
                }
                ObjectItem::Resource(_) => {}
            }
        }
        if !has_spread {
            return Ok(make_object(open));
        }
        if !open.is_empty() {
            chunks.push(make_object(open));
        }
        let whole = make_array(chunks);
        functions::call("shallowMerge", object.span, vec![whole], &self.budget)
    }

    fn array(&self, place: &Place, span: Span, items: &[ArrayItem]) -> Outcome {
        let mut chunks: Vec<Evaluated> = Vec::new();
        let mut open: Vec<Evaluated> = Vec::new();
        let mut has_spread = false;
        for item in items {
            match item {
                ArrayItem::Value(value) => open.push(self.expression(place, value)?),
                ArrayItem::Spread(value) => {
                    has_spread = true;
                    if !open.is_empty() {
                        chunks.push(make_array(std::mem::take(&mut open)));
                    }
                    chunks.push(self.expression(place, value)?);
                }
            }
        }
        if !has_spread {
            return Ok(make_array(open));
        }
        if !open.is_empty() {
            chunks.push(make_array(open));
        }
        functions::call("flatten", span, vec![make_array(chunks)], &self.budget)
    }

    fn unary(&self, place: &Place, operator: UnaryOperator, operand: &Expr) -> Outcome {
        if let (UnaryOperator::Minus, ExprKind::Int(value)) = (operator, &operand.kind) {
            // The least integer is written with a number that is greater than the greatest one.
            let negated = i64::try_from(-i128::from(*value)).unwrap_or(i64::MIN);
            return Ok(Value::from(negated).into());
        }
        let value = self.expression(place, operand)?;
        match (operator, value) {
            (UnaryOperator::Plus, value) => Ok(value),
            (UnaryOperator::Not, Evaluated::Known(Value::Bool(value))) => {
                Ok(Value::Bool(!value).into())
            }
            (UnaryOperator::Minus, Evaluated::Known(Value::Number(number))) => {
                match number.as_i64().and_then(i64::checked_neg) {
                    Some(negated) => Ok(Value::from(negated).into()),
                    None => fail(operand.span, "the result is no integer of 64 bits"),
                }
            }
            (UnaryOperator::Not, Evaluated::Deferred(arm)) => {
                Ok(Evaluated::Deferred(Arm::call("not", [arm])))
            }
            (UnaryOperator::Minus, Evaluated::Deferred(arm)) => {
                Ok(Evaluated::Deferred(Arm::call("sub", [Arm::Int(0), arm])))
            }
            _ => fail(operand.span, "this operator does not go with this value"),
        }
    }

    fn binary(
        &self,
        place: &Place,
        span: Span,
        operator: BinaryOperator,
        left: &Expr,
        right: &Expr,
    ) -> Outcome {
        let left = self.expression(place, left)?;
        // The right side has no say where the left one decides.
        match (operator, &left) {
            (BinaryOperator::And, Evaluated::Known(Value::Bool(false)))
            | (BinaryOperator::Or, Evaluated::Known(Value::Bool(true))) => return Ok(left),
            (BinaryOperator::Coalesce, Evaluated::Known(value)) if !value.is_null() => {
                return Ok(left);
            }
            _ => {}
        }
        let right = self.expression(place, right)?;
        operators::binary(span, operator, left, right)
    }

    fn ternary(&self, place: &Place, condition: &Expr, then: &Expr, otherwise: &Expr) -> Outcome {
        match self.expression(place, condition)? {
            Evaluated::Known(Value::Bool(true)) => self.expression(place, then),
            Evaluated::Known(Value::Bool(false)) => self.expression(place, otherwise),
            Evaluated::Known(_) => fail(condition.span, "a condition is true or false"),
            Evaluated::Deferred(arm) => {
                let then = self.expression(place, then)?.into_arm();
                let otherwise = self.expression(place, otherwise)?.into_arm();
                Ok(Evaluated::Deferred(Arm::call("if", [arm, then, otherwise])))
            }
        }
    }

    fn for_loop(&self, place: &Place, for_loop: &For) -> Outcome {
        let Evaluated::Known(Value::Array(items)) = self.expression(place, &for_loop.collection)?
        else {
            return fail(
                for_loop.collection.span,
                "a loop needs an array that is known",
            );
        };
        let mut results = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            let mut locals = place.locals.with(&for_loop.item, item.into());
            if let Some(name) = &for_loop.index {
                locals = locals.with(name, Value::from(index).into());
            }
            let inner = Place {
                model: Rc::clone(&place.model),
                locals,
            };
            if let Some(condition) = &for_loop.condition
                && self.expression(&inner, condition)? != Evaluated::Known(Value::Bool(true))
            {
                continue;
            }
            results.push(self.expression(&inner, &for_loop.body)?);
        }
        Ok(make_array(results))
    }
}

/// Where nothing local is known.
pub(super) fn top(model: &Rc<Model>) -> Place {
    Place {
        model: Rc::clone(model),
        locals: Locals::default(),
    }
}
