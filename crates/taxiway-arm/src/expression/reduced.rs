//! What evaluation gives: a value, or what is left of the expression.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{Expression, escape};

/// The outcome of a partial evaluation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reduced<'v> {
    /// Fully known.
    Value(Cow<'v, Value>),
    /// Not known yet; everything known in it is computed.
    Rest(Expression),
}

impl Reduced<'_> {
    pub(crate) const fn owned(value: Value) -> Reduced<'static> {
        Reduced::Value(Cow::Owned(value))
    }

    /// Whether it takes more than about this many bytes; variables made of variables grow fast.
    pub(crate) fn is_larger_than(&self, bytes: usize) -> bool {
        match self {
            Reduced::Value(value) => crate::template::size(value) > bytes,
            Reduced::Rest(rest) => spend(rest, bytes).is_none(),
        }
    }

    pub(crate) fn into_static(self) -> Reduced<'static> {
        match self {
            Reduced::Value(value) => Reduced::owned(value.into_owned()),
            Reduced::Rest(expression) => Reduced::Rest(expression),
        }
    }

    /// The same without a copy, for as long as `self` lives.
    pub(crate) fn borrowed(&self) -> Reduced<'_> {
        match self {
            Reduced::Value(value) => Reduced::Value(Cow::Borrowed(value)),
            Reduced::Rest(expression) => Reduced::Rest(expression.clone()),
        }
    }

    pub(crate) fn into_expression(self) -> Expression {
        match self {
            Reduced::Value(value) => Expression::Literal(value.into_owned()),
            Reduced::Rest(expression) => expression,
        }
    }

    /// As JSON for people to look at: what is not known is the text of its expression.
    pub(crate) fn into_json(self) -> Value {
        match self {
            Reduced::Value(value) => value.into_owned(),
            Reduced::Rest(expression) => rest_json(expression, false),
        }
    }

    /// As JSON that evaluates to the same: text that looks like an expression is escaped.
    pub(crate) fn into_template(self) -> Value {
        match self {
            Reduced::Value(value) => escape_all(value.into_owned()),
            Reduced::Rest(expression) => rest_json(expression, true),
        }
    }
}

/// What is left of a budget after an expression; `None` where it is not enough.
fn spend(expression: &Expression, budget: usize) -> Option<usize> {
    match expression {
        Expression::Literal(value) => budget.checked_sub(crate::template::size(value)),
        Expression::Member { base, key } => spend(key, spend(base, budget)?),
        Expression::Call {
            function,
            arguments,
        } => arguments.iter().try_fold(
            budget.checked_sub(function.len() + 2)?,
            |budget, argument| spend(argument, budget),
        ),
    }
}

/// Objects and arrays with unknown parts become JSON objects and arrays again.
fn rest_json(expression: Expression, escaped: bool) -> Value {
    match expression {
        Expression::Literal(value) if escaped => escape_all(value),
        Expression::Literal(value) => value,
        Expression::Call {
            function,
            arguments,
        } => {
            if function.eq_ignore_ascii_case("createArray") {
                let elements = arguments
                    .into_iter()
                    .map(|element| rest_json(element, escaped));
                return Value::Array(elements.collect());
            }
            if function.eq_ignore_ascii_case("createObject")
                && arguments
                    .iter()
                    .step_by(2)
                    .all(|key| matches!(key, Expression::Literal(Value::String(_))))
            {
                return Value::Object(object_json(arguments, escaped));
            }
            let call = Expression::Call {
                function,
                arguments,
            };
            Value::String(format!("[{call}]"))
        }
        Expression::Member { .. } => Value::String(format!("[{expression}]")),
    }
}

fn object_json(arguments: Vec<Expression>, escaped: bool) -> Map<String, Value> {
    let mut members = Map::new();
    let mut arguments = arguments.into_iter();
    while let (Some(Expression::Literal(Value::String(key))), Some(member)) =
        (arguments.next(), arguments.next())
    {
        let key = if escaped { escape(key) } else { key };
        members.insert(key, rest_json(member, escaped));
    }
    members
}

fn escape_all(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(escape(text)),
        Value::Array(elements) => Value::Array(elements.into_iter().map(escape_all).collect()),
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(key, member)| (escape(key), escape_all(member)))
                .collect(),
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}
