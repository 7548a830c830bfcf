//! What a name stands for.

use std::rc::Rc;

use serde_json::{Map, Value};
use taxiway_diagnostics::Span;

use super::interpreter::{Interpreter, MAX_CALLS, Outcome, Place, fail, top};
use super::{Evaluated, operators};
use crate::ast::{Expr, ExprKind, Ident};
use crate::model::{DeclarationKind, ImportSource, Model, Target};

impl Interpreter<'_> {
    pub(super) fn name(&self, place: &Place, name: &Ident) -> Outcome {
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

    pub(super) fn property(
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
