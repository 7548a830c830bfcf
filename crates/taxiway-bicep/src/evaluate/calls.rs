//! Calls: functions of the file, of the language, and what reads from outside.

use std::rc::Rc;

use serde_json::Value;
use taxiway_diagnostics::Span;

use super::interpreter::{Interpreter, Locals, MAX_CALLS, Outcome, Place, fail};
use super::values::all_known;
use super::{Evaluated, functions, lambdas};
use crate::arm::Arm;
use crate::ast::{Expr, ExprKind, Function, Ident};
use crate::model::{DeclarationKind, ImportSource, LoadFunction, Model, Target};

impl Interpreter<'_> {
    pub(super) fn call(
        &self,
        place: &Place,
        expr: &Expr,
        name: &Ident,
        arguments: &[Expr],
    ) -> Outcome {
        let function = match place.model.declaration(name) {
            None => return self.builtin(place, expr, &name.text, arguments),
            Some(declaration) => match &declaration.kind {
                DeclarationKind::Function(function) => {
                    Some((Rc::clone(&place.model), Rc::clone(function)))
                }
                DeclarationKind::Imported { source, name } => imported_function(source, name),
                _ => None,
            },
        };
        self.user_function(place, expr.span, function, arguments)
    }

    fn user_function(
        &self,
        place: &Place,
        span: Span,
        function: Option<(Rc<Model>, Rc<Function>)>,
        arguments: &[Expr],
    ) -> Outcome {
        let Some((model, function)) = function else {
            return fail(span, "this function cannot be evaluated here");
        };
        let values = self.all(place, arguments)?;
        let mut locals = Locals::default();
        for ((name, _), value) in function.parameters.iter().zip(values) {
            locals = locals.with(name, value);
        }
        if *self.calls.borrow() >= MAX_CALLS {
            return fail(span, "functions call each other too deep");
        }
        *self.calls.borrow_mut() += 1;
        let result = self.expression(&Place { model, locals }, &function.body);
        *self.calls.borrow_mut() -= 1;
        result
    }

    pub(super) fn method(
        &self,
        place: &Place,
        expr: &Expr,
        base: &Expr,
        name: &Ident,
        arguments: &[Expr],
    ) -> Outcome {
        let ExprKind::Name(namespace) = &base.kind else {
            return fail(expr.span, format!("`{}` cannot be called here", name.text));
        };
        if place.model.target(namespace) == Some(Target::Namespace) {
            return self.builtin(place, expr, &name.text, arguments);
        }
        match place
            .model
            .declaration(namespace)
            .map(|declaration| &declaration.kind)
        {
            Some(DeclarationKind::Wildcard(source)) => {
                let function = imported_function(source, &name.text);
                self.user_function(place, expr.span, function, arguments)
            }
            _ => fail(expr.span, format!("`{}` cannot be called here", name.text)),
        }
    }

    fn builtin(&self, place: &Place, expr: &Expr, name: &str, arguments: &[Expr]) -> Outcome {
        if LoadFunction::of(&place.model, expr).is_some() {
            return match place.model.loads.get(&expr.span.start) {
                Some(loaded) => Ok(loaded.value.clone().into()),
                None => fail(expr.span, "the file could not be loaded"),
            };
        }
        match (name, arguments) {
            ("any", [value]) => return self.expression(place, value),
            ("nameof", [value]) => return Ok(Value::from(crate::emit::nameof(value)).into()),
            _ => {}
        }
        if lambdas::takes_lambda(name) {
            return self.with_lambda(place, expr.span, name, arguments);
        }
        let values = self.all(place, arguments)?;
        match name {
            "readEnvironmentVariable" => self.environment_variable(expr.span, &values),
            "externalInput" => self.external_input(expr.span, None, values),
            "readCliArg" => self.external_input(expr.span, Some("sys.cliArg"), values),
            "readEnvVar" => self.external_input(expr.span, Some("sys.envVar"), values),
            _ => functions::call(name, expr.span, values, &self.budget),
        }
    }

    fn environment_variable(&self, span: Span, arguments: &[Evaluated]) -> Outcome {
        let Some(Evaluated::Known(Value::String(name))) = arguments.first() else {
            return fail(span, "the name of an environment variable is a string");
        };
        match ((self.inputs.environment)(name), arguments.get(1)) {
            (Some(value), _) => Ok(Value::String(value).into()),
            (None, Some(default)) => Ok(default.clone()),
            (None, None) => fail(
                span,
                format!("the environment variable `{name}` is not set"),
            ),
        }
    }

    fn external_input(&self, span: Span, kind: Option<&str>, arguments: Vec<Evaluated>) -> Outcome {
        let Some(mut known) = all_known(arguments) else {
            return fail(span, "an external input cannot depend on another one");
        };
        if let Some(kind) = kind {
            known.insert(0, Value::from(kind));
        }
        let Some(kind) = known.first() else {
            return fail(span, "an external input has a kind");
        };
        let key = (self.inputs.external)(kind, known.get(1));
        Ok(Evaluated::Deferred(Arm::call(
            "externalInputs",
            [Arm::String(key)],
        )))
    }
}

fn imported_function(source: &ImportSource, name: &str) -> Option<(Rc<Model>, Rc<Function>)> {
    let ImportSource::Bicep(model) = source else {
        return None;
    };
    match &model.declarations[*model.globals.get(name)?].kind {
        DeclarationKind::Function(function) => Some((Rc::clone(model), Rc::clone(function))),
        _ => None,
    }
}
