//! Walks expressions.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use serde_json::{Map, Value};
use taxiway_diagnostics::Span;

use super::{Evaluated, functions, lambdas, operators};
use crate::arm::Arm;
use crate::ast::{
    ArrayItem, BinaryOperator, Expr, ExprKind, For, Function, Ident, Object, ObjectItem,
    StringLiteral, UnaryOperator,
};
use crate::model::{DeclarationKind, ImportSource, LoadFunction, Model, Target};

/// Values and calls of functions within each other.
const MAX_CALLS: usize = 100;

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

    fn get(&self, local: u32) -> Option<&Evaluated> {
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
    done: RefCell<HashMap<(u32, usize), Evaluated>>,
    calls: RefCell<usize>,
}

impl<'a> Interpreter<'a> {
    pub(crate) fn new(inputs: Inputs<'a>) -> Self {
        Self {
            inputs,
            done: RefCell::default(),
            calls: RefCell::default(),
        }
    }

    /// The value of an expression at the top of a file.
    pub(crate) fn evaluate(&self, model: &Rc<Model>, expr: &Expr) -> Outcome {
        self.expression(&top(model), expr)
    }

    pub(super) fn expression(&self, place: &Place, expr: &Expr) -> Outcome {
        match &expr.kind {
            ExprKind::Null => Ok(Value::Null.into()),
            ExprKind::Bool(value) => Ok(Value::Bool(*value).into()),
            ExprKind::Int(value) => {
                Ok(Value::from(i64::try_from(*value).unwrap_or(i64::MAX)).into())
            }
            ExprKind::String(literal) => self.string(place, literal),
            ExprKind::Name(name) => self.name(place, name),
            ExprKind::Object(object) => self.object(place, object),
            ExprKind::Array(items) => self.array(place, items),
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

    fn name(&self, place: &Place, name: &Ident) -> Outcome {
        match place.model.target(name) {
            Some(Target::Local(local)) => match place.locals.get(local) {
                Some(value) => Ok(value.clone()),
                None => fail(name.span, format!("`{}` has no value here", name.text)),
            },
            Some(Target::Declaration(id)) => self.declaration(&place.model, id, name.span),
            Some(Target::Namespace) | None => {
                fail(name.span, format!("`{}` has no value", name.text))
            }
        }
    }

    /// The value of a variable or parameter; each is evaluated once.
    fn declaration(&self, model: &Rc<Model>, id: usize, span: Span) -> Outcome {
        let key = (model.file, id);
        if let Some(done) = self.done.borrow().get(&key) {
            return Ok(done.clone());
        }
        if *self.calls.borrow() >= MAX_CALLS {
            return fail(span, "values refer to each other too deep");
        }
        *self.calls.borrow_mut() += 1;
        let value = self.declared(model, id, span);
        *self.calls.borrow_mut() -= 1;
        let value = value?;
        self.done.borrow_mut().insert(key, value.clone());
        Ok(value)
    }

    fn declared(&self, model: &Rc<Model>, id: usize, span: Span) -> Outcome {
        let declaration = &model.declarations[id];
        match &declaration.kind {
            DeclarationKind::Variable(variable) => self.expression(&top(model), &variable.value),
            DeclarationKind::Parameter(parameter) => match &parameter.default {
                Some(value) => self.expression(&top(model), value),
                None => fail(span, format!("`{}` has no value", declaration.name.text)),
            },
            DeclarationKind::Imported { source, name } => self.imported(source, name, span),
            _ => fail(
                span,
                format!(
                    "`{}` has no value when the file is compiled",
                    declaration.name.text
                ),
            ),
        }
    }

    fn imported(&self, source: &ImportSource, name: &str, span: Span) -> Outcome {
        match source {
            ImportSource::Bicep(model) => match model.globals.get(name) {
                Some(id) => self.declaration(model, *id, span),
                None => fail(span, format!("`{name}` is not exported")),
            },
            ImportSource::Json(json) => {
                let value = json
                    .template
                    .get("variables")
                    .and_then(|variables| variables.get(name));
                match value {
                    Some(value) if !holds_expression(value) => Ok(unescape(value).into()),
                    _ => fail(
                        span,
                        format!("`{name}` of a template in JSON has to be computed"),
                    ),
                }
            }
        }
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
        functions::call("shallowMerge", object.span, vec![whole])
    }

    fn array(&self, place: &Place, items: &[ArrayItem]) -> Outcome {
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
        functions::call("flatten", Span::at(0), vec![make_array(chunks)])
    }

    fn unary(&self, place: &Place, operator: UnaryOperator, operand: &Expr) -> Outcome {
        let value = self.expression(place, operand)?;
        match (operator, value) {
            (UnaryOperator::Plus, value) => Ok(value),
            (UnaryOperator::Not, Evaluated::Known(Value::Bool(value))) => {
                Ok(Value::Bool(!value).into())
            }
            (UnaryOperator::Minus, Evaluated::Known(value)) if value.is_i64() => {
                Ok(Value::from(-value.as_i64().unwrap_or(0)).into())
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

    fn property(
        &self,
        place: &Place,
        span: Span,
        base: &Expr,
        name: &Ident,
        safe: bool,
    ) -> Outcome {
        if let ExprKind::Name(namespace) = &base.kind {
            if place.model.target(namespace) == Some(Target::Namespace)
                && &*namespace.text == "base"
            {
                return match (self.inputs.base)(&name.text) {
                    Some(value) => Ok(value),
                    None => fail(
                        name.span,
                        format!("the file that is extended assigns no `{}`", name.text),
                    ),
                };
            }
            if let Some(DeclarationKind::Wildcard(source)) = place
                .model
                .declaration(namespace)
                .map(|declaration| &declaration.kind)
            {
                return self.imported(source, &name.text, name.span);
            }
        }
        let base = self.expression(place, base)?;
        let key = Evaluated::Known(Value::from(&*name.text));
        operators::index(span, base, key, safe, false)
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

    fn call(&self, place: &Place, expr: &Expr, name: &Ident, arguments: &[Expr]) -> Outcome {
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

    fn method(
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
            _ => functions::call(name, expr.span, values),
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

fn top(model: &Rc<Model>) -> Place {
    Place {
        model: Rc::clone(model),
        locals: Locals::default(),
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

fn holds_expression(value: &Value) -> bool {
    match value {
        Value::String(text) => {
            text.starts_with('[') && text.ends_with(']') && !text.starts_with("[[")
        }
        Value::Array(items) => items.iter().any(holds_expression),
        Value::Object(members) => members.values().any(holds_expression),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn unescape(value: &Value) -> Value {
    match value {
        Value::String(text) if text.starts_with("[[") && text.ends_with(']') => {
            Value::from(&text[1..])
        }
        Value::Array(items) => items.iter().map(unescape).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| (key.clone(), unescape(value)))
            .collect::<Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

/// The values, if all are known.
pub(super) fn known(values: &[Evaluated]) -> Option<Vec<&Value>> {
    values
        .iter()
        .map(|value| match value {
            Evaluated::Known(value) => Some(value),
            Evaluated::Deferred(_) => None,
        })
        .collect()
}

pub(super) fn all_known(values: Vec<Evaluated>) -> Option<Vec<Value>> {
    values
        .into_iter()
        .map(|value| match value {
            Evaluated::Known(value) => Some(value),
            Evaluated::Deferred(_) => None,
        })
        .collect()
}

pub(super) fn make_array(items: Vec<Evaluated>) -> Evaluated {
    match known(&items) {
        Some(known) => Value::Array(known.into_iter().cloned().collect()).into(),
        None => Evaluated::Deferred(Arm::call(
            "createArray",
            items
                .into_iter()
                .map(Evaluated::into_arm)
                .collect::<Vec<_>>(),
        )),
    }
}

fn make_object(members: Vec<(Evaluated, Evaluated)>) -> Evaluated {
    let all_known = members.iter().all(|(key, value)| {
        matches!(key, Evaluated::Known(Value::String(_))) && matches!(value, Evaluated::Known(_))
    });
    if !all_known {
        let arguments: Vec<Arm> = members
            .into_iter()
            .flat_map(|(key, value)| [key.into_arm(), value.into_arm()])
            .collect();
        return Evaluated::Deferred(Arm::call("createObject", arguments));
    }
    let mut map = Map::new();
    for (key, value) in members {
        if let (Evaluated::Known(Value::String(key)), Evaluated::Known(value)) = (key, value) {
            map.insert(key, value);
        }
    }
    Value::Object(map).into()
}
