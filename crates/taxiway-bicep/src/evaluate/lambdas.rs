//! Functions that take a lambda.

use std::rc::Rc;

use serde_json::{Map, Value, json};
use taxiway_diagnostics::Span;

use super::Evaluated;
use super::interpreter::{Failure, Interpreter, Outcome, Place, fail};
use super::operators::to_text;
use super::values::make_array;
use crate::arm::Arm;
use crate::ast::{Expr, ExprKind, Ident};

pub(super) fn takes_lambda(name: &str) -> bool {
    matches!(
        name,
        "map" | "filter" | "reduce" | "sort" | "toObject" | "mapValues" | "groupBy"
    )
}

struct Lambda<'e> {
    parameters: &'e [Ident],
    body: &'e Expr,
}

fn lambda(expr: Option<&Expr>) -> Option<Lambda<'_>> {
    match &expr?.bare().kind {
        ExprKind::Lambda { parameters, body } => Some(Lambda { parameters, body }),
        _ => None,
    }
}

impl Interpreter<'_> {
    pub(super) fn with_lambda(
        &self,
        place: &Place,
        span: Span,
        name: &str,
        arguments: &[Expr],
    ) -> Outcome {
        let Some(first) = arguments.first() else {
            return fail(span, format!("`{name}` needs arguments"));
        };
        let input = match self.expression(place, first)? {
            Evaluated::Known(input) => input,
            Evaluated::Deferred(arm) => return self.deferred(place, name, arm, &arguments[1..]),
        };
        match (name, input) {
            ("map", Value::Array(items)) => self.map(place, span, items, arguments),
            ("filter", Value::Array(items)) => self.filter(place, span, items, arguments),
            ("reduce", Value::Array(items)) => self.reduce(place, span, items, arguments),
            ("sort", Value::Array(items)) => self.sort(place, span, items, arguments),
            ("toObject", Value::Array(items)) => self.to_object(place, span, items, arguments),
            ("groupBy", Value::Array(items)) => self.group_by(place, span, items, arguments),
            ("mapValues", Value::Object(members)) => {
                let mut result = Map::new();
                for (key, value) in members {
                    let mapped = self.apply(place, span, arguments.get(1), vec![value.into()])?;
                    result.insert(key, self.must_know(span, mapped)?);
                }
                Ok(Value::Object(result).into())
            }
            _ => fail(first.span, format!("`{name}` does not go with this value")),
        }
    }

    /// The call as it stands in the template.
    fn deferred(&self, place: &Place, name: &str, input: Arm, rest: &[Expr]) -> Outcome {
        let mut all = vec![input];
        for argument in rest {
            let Some(lambda) = lambda(Some(argument)) else {
                all.push(self.expression(place, argument)?.into_arm());
                continue;
            };
            let mut locals = place.locals.clone();
            let mut parts = Vec::new();
            for parameter in lambda.parameters {
                let name = Arm::string(&*parameter.text);
                let value = Arm::call("lambdaVariables", [name.clone()]);
                locals = locals.with(parameter, Evaluated::Deferred(value));
                parts.push(name);
            }
            let inner = Place {
                model: Rc::clone(&place.model),
                locals,
            };
            parts.push(self.expression(&inner, lambda.body)?.into_arm());
            all.push(Arm::call("lambda", parts));
        }
        Ok(Evaluated::Deferred(Arm::call(name, all)))
    }

    fn apply(
        &self,
        place: &Place,
        span: Span,
        argument: Option<&Expr>,
        values: Vec<Evaluated>,
    ) -> Outcome {
        let Some(lambda) = lambda(argument) else {
            return fail(span, "a lambda is expected as an argument");
        };
        let mut locals = place.locals.clone();
        for (parameter, value) in lambda.parameters.iter().zip(values) {
            self.budget.spend(span, &value)?;
            locals = locals.with(parameter, value);
        }
        let inner = Place {
            model: Rc::clone(&place.model),
            locals,
        };
        self.expression(&inner, lambda.body)
    }

    fn must_know(&self, span: Span, value: Evaluated) -> Result<Value, Failure> {
        match value {
            Evaluated::Known(value) => Ok(value),
            Evaluated::Deferred(_) => fail(span, "this cannot depend on an external input"),
        }
    }

    fn map(&self, place: &Place, span: Span, items: Vec<Value>, arguments: &[Expr]) -> Outcome {
        let mapped: Result<Vec<_>, _> = items
            .into_iter()
            .enumerate()
            .map(|(index, item)| {
                let values = vec![item.into(), Value::from(index).into()];
                self.apply(place, span, arguments.get(1), values)
            })
            .collect();
        Ok(make_array(mapped?))
    }

    fn filter(&self, place: &Place, span: Span, items: Vec<Value>, arguments: &[Expr]) -> Outcome {
        let mut kept = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            let values = vec![item.clone().into(), Value::from(index).into()];
            let keeps = self.apply(place, span, arguments.get(1), values)?;
            if self.must_know(span, keeps)? == Value::Bool(true) {
                kept.push(item);
            }
        }
        Ok(Value::Array(kept).into())
    }

    fn reduce(&self, place: &Place, span: Span, items: Vec<Value>, arguments: &[Expr]) -> Outcome {
        let Some(start) = arguments.get(1) else {
            return fail(span, "`reduce` needs a value to start with");
        };
        let mut current = self.expression(place, start)?;
        for (index, item) in items.into_iter().enumerate() {
            let values = vec![current, item.into(), Value::from(index).into()];
            current = self.apply(place, span, arguments.get(2), values)?;
        }
        Ok(current)
    }

    /// Sorts by insertion, as the order that a lambda gives may be inconsistent; the place is found by halving.
    fn sort(&self, place: &Place, span: Span, items: Vec<Value>, arguments: &[Expr]) -> Outcome {
        let mut sorted: Vec<Value> = Vec::with_capacity(items.len());
        for item in items {
            let (mut low, mut high) = (0, sorted.len());
            while low < high {
                let middle = low.midpoint(high);
                let values = vec![item.clone().into(), sorted[middle].clone().into()];
                let before = self.apply(place, span, arguments.get(1), values)?;
                if self.must_know(span, before)? == Value::Bool(true) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            sorted.insert(low, item);
        }
        Ok(Value::Array(sorted).into())
    }

    fn to_object(
        &self,
        place: &Place,
        span: Span,
        items: Vec<Value>,
        arguments: &[Expr],
    ) -> Outcome {
        let mut result = Map::new();
        for item in items {
            let key = self.apply(place, span, arguments.get(1), vec![item.clone().into()])?;
            let key = to_text(&self.must_know(span, key)?);
            let value = match arguments.get(2) {
                Some(_) => self.apply(place, span, arguments.get(2), vec![item.into()])?,
                None => item.into(),
            };
            result.insert(key, self.must_know(span, value)?);
        }
        Ok(Value::Object(result).into())
    }

    fn group_by(
        &self,
        place: &Place,
        span: Span,
        items: Vec<Value>,
        arguments: &[Expr],
    ) -> Outcome {
        let mut result = Map::new();
        for item in items {
            let key = self.apply(place, span, arguments.get(1), vec![item.clone().into()])?;
            let key = to_text(&self.must_know(span, key)?);
            let group = result.entry(key).or_insert_with(|| json!([]));
            if let Value::Array(group) = group {
                group.push(item);
            }
        }
        Ok(Value::Object(result).into())
    }
}
