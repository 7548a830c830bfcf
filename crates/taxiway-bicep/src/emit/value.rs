//! Bicep values as JSON, as far as JSON can say them.

use std::rc::Rc;

use serde_json::Value;

use super::Emitter;
use super::environment::Context;
use super::expression::{boolean, null};
use crate::arm::{Arm, escape};
use crate::ast::{
    ArrayItem, Expr, ExprKind, For, Ident, Object, ObjectItem, StringLiteral, Variable,
};
use crate::json::{Json, JsonValue, Members, Origin};
use crate::model::{DeclarationKind, LoadFunction, Target};

impl Emitter<'_> {
    pub(super) fn origin(&self, context: &Context, span: taxiway_diagnostics::Span) -> Origin {
        Origin {
            file: context.model.file,
            span,
        }
    }

    /// `expr` as JSON, with what JSON cannot say in brackets.
    pub(super) fn json(&self, context: &Context, expr: &Expr) -> Json {
        self.json_value(context, expr)
            .at(self.origin(context, expr.span))
    }

    fn json_value(&self, context: &Context, expr: &Expr) -> Json {
        match &expr.kind {
            ExprKind::Null => Json::null(),
            ExprKind::Bool(value) => (*value).into(),
            ExprKind::Paren(inner) => self.json_value(context, inner),
            ExprKind::NonNull(inner) if !matches!(inner.kind, ExprKind::Name(_)) => {
                match &inner.bare().kind {
                    ExprKind::Object(_) | ExprKind::Array(_) => self.json_value(context, inner),
                    _ => self.arm(context, expr).to_json(),
                }
            }
            ExprKind::String(literal) => match literal.plain() {
                Some(text) => escape(text).into(),
                None => self.arm(context, expr).to_json(),
            },
            ExprKind::Object(object) if !has_spread(object) => self.object(context, object).into(),
            ExprKind::Array(items) => match plain_items(items) {
                Some(items) => items
                    .into_iter()
                    .map(|item| self.json(context, item))
                    .collect::<Vec<_>>()
                    .into(),
                None => self.arm(context, expr).to_json(),
            },
            ExprKind::Call { name, arguments }
                if &*name.text == "any"
                    && arguments.len() == 1
                    && context.model.target(name).is_none() =>
            {
                self.json_value(context, &arguments[0])
            }
            ExprKind::Name(name) => match self.inlined_value(context, name) {
                Some((inner, value)) => self.json_value(&inner, &value.value),
                None => self.json_expression(context, expr),
            },
            _ => self.json_expression(context, expr),
        }
    }

    /// The variable that `name` is, where its value stands in its place.
    pub(super) fn inlined_value(
        &self,
        context: &Context,
        name: &Ident,
    ) -> Option<(Context, Rc<Variable>)> {
        let Some(Target::Declaration(id)) = context.model.target(name) else {
            return None;
        };
        match &context.model.declarations[id].kind {
            DeclarationKind::Variable(variable) if context.model.inlined.contains(&id) => {
                Some((Context::top(&context.model), Rc::clone(variable)))
            }
            _ => None,
        }
    }

    fn json_expression(&self, context: &Context, expr: &Expr) -> Json {
        if let Some(value) = Self::integer_literal(expr) {
            return value.into();
        }
        if LoadFunction::of(&context.model, expr).is_some() {
            let loaded = context.model.loads.get(&expr.span.start);
            if let Some(loaded) = loaded.filter(|loaded| loaded.variable.is_none()) {
                return literal_json(&loaded.value);
            }
        }
        match self.arm(context, expr) {
            Arm::Call {
                name,
                arguments,
                accesses,
            } if name == "createObject" && arguments.is_empty() && accesses.is_empty() => {
                Members::new().into()
            }
            arm => arm.to_json(),
        }
    }

    /// An object without spreads. Loops come first, as its `copy`.
    pub(super) fn object(&self, context: &Context, object: &Object) -> Members {
        self.object_except(context, object, &[])
    }

    /// The same, without some of the members.
    pub(super) fn object_except(
        &self,
        context: &Context,
        object: &Object,
        except: &[&str],
    ) -> Members {
        let mut members = Members::new();
        let mut copies = Vec::new();
        for item in &object.items {
            let ObjectItem::Property(property) = item else {
                continue;
            };
            if property
                .key
                .plain()
                .is_some_and(|key| except.contains(&key))
            {
                continue;
            }
            if let (ExprKind::For(for_loop), Some(key)) =
                (&property.value.bare().kind, property.key.plain())
            {
                let copy = self.copy(context, Some(key), for_loop);
                copies.push(Json::from(copy).at(self.origin(context, property.span)));
                continue;
            }
            let key = self.key_text(context, &property.key);
            let value = self.json(context, &property.value);
            members.insert(key, value.at(self.origin(context, property.span)));
        }
        if copies.is_empty() {
            return members;
        }
        let mut all = Members::new();
        all.insert("copy".to_owned(), copies.into());
        all.extend(members);
        all
    }

    fn key_text(&self, context: &Context, key: &StringLiteral) -> String {
        match key.plain() {
            Some(text) if text.eq_ignore_ascii_case("copy") => {
                Arm::call("string", [Arm::string(text)]).bracketed()
            }
            Some(text) => escape(text),
            None => self.string(context, key).bracketed(),
        }
    }

    /// `{name, count, input}` of a loop; `name` also tells its index from that of others.
    pub(super) fn copy(&self, context: &Context, name: Option<&str>, for_loop: &For) -> Members {
        let index = Arm::call(
            "copyIndex",
            name.map(Arm::string).into_iter().collect::<Vec<_>>(),
        );
        let mut members = Members::new();
        if let Some(name) = name {
            members.insert("name".to_owned(), name.into());
        }
        let count = Arm::call("length", [self.arm(context, &for_loop.collection)]);
        members.insert("count".to_owned(), count.to_json());
        let inner = self.loop_context(
            context,
            &for_loop.item,
            for_loop.index.as_ref(),
            &for_loop.collection,
            &index,
        );
        members.insert("input".to_owned(), self.input(&inner, &for_loop.body));
        members
    }

    /// The loop of a module's parameter: each element is one expression.
    pub(super) fn parameter_copy(&self, context: &Context, for_loop: &For) -> Members {
        let mut members = self.copy(context, Some("value"), for_loop);
        let index = Arm::call("copyIndex", [Arm::string("value")]);
        let inner = self.loop_context(
            context,
            &for_loop.item,
            for_loop.index.as_ref(),
            &for_loop.collection,
            &index,
        );
        let input = match self.arm(&inner, &for_loop.body) {
            Arm::Int(value) => Json::from(Arm::call("int", [Arm::Int(value)]).bracketed()),
            arm => arm.to_json(),
        };
        let origin = self.origin(context, for_loop.body.span);
        members.insert("input".to_owned(), input.at(origin));
        members
    }

    fn input(&self, context: &Context, body: &Expr) -> Json {
        let bare = body.bare();
        let json = match &bare.kind {
            ExprKind::Object(object) if !has_spread(object) => self.object(context, object).into(),
            ExprKind::String(literal) if literal.parts.is_empty() => self.json_value(context, bare),
            _ => match self.arm(context, body) {
                Arm::Int(value) => Json::from(Arm::call("int", [Arm::Int(value)]).bracketed()),
                arm => arm.to_json(),
            },
        };
        json.at(self.origin(context, body.span))
    }
}

pub(super) fn has_spread(object: &Object) -> bool {
    object
        .items
        .iter()
        .any(|item| matches!(item, ObjectItem::Spread(_)))
}

fn plain_items(items: &[ArrayItem]) -> Option<Vec<&Expr>> {
    items
        .iter()
        .map(|item| match item {
            ArrayItem::Value(value) => Some(value),
            ArrayItem::Spread(_) => None,
        })
        .collect()
}

/// A value that is known when the template is made, as JSON.
pub(super) fn literal_json(value: &Value) -> Json {
    match value {
        Value::String(text) => escape(text).into(),
        Value::Number(number) if number.is_f64() => {
            Arm::call("json", [Arm::String(number.to_string())])
                .bracketed()
                .into()
        }
        Value::Array(items) => items.iter().map(literal_json).collect::<Vec<_>>().into(),
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| (escape(key), literal_json(value)))
            .collect::<Members>()
            .into(),
        Value::Null => JsonValue::Null.into(),
        Value::Bool(value) => (*value).into(),
        Value::Number(number) => JsonValue::Number(number.clone()).into(),
    }
}

/// The same as an expression.
pub(crate) fn literal_arm(value: &Value) -> Arm {
    match value {
        Value::Null => null(),
        Value::Bool(value) => boolean(*value),
        Value::Number(number) => number.as_i64().map_or_else(
            || Arm::call("json", [Arm::String(number.to_string())]),
            Arm::integer,
        ),
        Value::String(text) => Arm::string(text.as_str()),
        Value::Array(items) => Arm::call(
            "createArray",
            items.iter().map(literal_arm).collect::<Vec<_>>(),
        ),
        Value::Object(members) => Arm::call(
            "createObject",
            members
                .iter()
                .flat_map(|(key, value)| [Arm::string(key.as_str()), literal_arm(value)])
                .collect::<Vec<_>>(),
        ),
    }
}
