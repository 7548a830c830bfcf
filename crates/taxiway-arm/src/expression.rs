//! The template expression language: what stands in a string as `[…]`.
//!
//! A string is an expression when it starts with `[` and ends with `]`, except that `[[` stands for a literal `[`.
//! Evaluation is partial: what is not known yet stays an [`Expression`], with everything known in it already computed,
//! so that a template can be looked at before anything is deployed.

mod composed;
mod evaluate;
mod failure;
mod frame;
mod functions;
mod lexer;
mod members;
mod parser;
mod reduced;
mod special;

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

pub use composed::composed_text;
pub(crate) use evaluate::{Evaluator, array, copy_count};
pub(crate) use failure::Failure;
pub(crate) use frame::Frame;
pub(crate) use functions::type_name;
pub(crate) use members::member;
pub(crate) use parser::parse;
pub(crate) use reduced::Reduced;

/// A parsed expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expression {
    /// A value; the parser makes only strings and integers, evaluation makes the others.
    Literal(Value),
    /// `function(arguments)`, the function with its namespace where it has one.
    Call {
        function: String,
        arguments: Vec<Expression>,
    },
    /// `base.key` or `base[key]`.
    Member {
        base: Box<Expression>,
        key: Box<Expression>,
    },
}

impl Expression {
    pub(crate) fn call(function: &str, arguments: Vec<Self>) -> Self {
        Self::Call {
            function: function.to_owned(),
            arguments,
        }
    }

    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Literal(Value::String(text.into()))
    }

    /// The arguments, where it is a call of this function.
    pub(crate) fn arguments_of(&self, name: &str) -> Option<&[Self]> {
        match self {
            Self::Call {
                function,
                arguments,
            } if function.eq_ignore_ascii_case(name) => Some(arguments),
            Self::Call { .. } | Self::Literal(_) | Self::Member { .. } => None,
        }
    }

    pub(crate) const fn as_literal(&self) -> Option<&Value> {
        match self {
            Self::Literal(value) => Some(value),
            Self::Call { .. } | Self::Member { .. } => None,
        }
    }
}

/// What a string of a template is.
pub(crate) enum TemplateString<'t> {
    /// Just text, unescaped.
    Text(Cow<'t, str>),
    /// An expression, without its brackets.
    Expression(&'t str),
}

/// Tells text from expressions.
pub(crate) fn classify(text: &str) -> TemplateString<'_> {
    match text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        Some(inner) if inner.starts_with('[') => TemplateString::Text(Cow::Borrowed(&text[1..])),
        Some(inner) => TemplateString::Expression(inner),
        None => TemplateString::Text(Cow::Borrowed(text)),
    }
}

/// The template string that [`classify`] reads as this text.
pub(crate) fn escape(text: String) -> String {
    if text.starts_with('[') && text.ends_with(']') && text.len() > 1 {
        format!("[{text}")
    } else {
        text
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(value) => write_literal(formatter, value),
            Self::Call {
                function,
                arguments,
            } => {
                write!(formatter, "{function}(")?;
                for (index, argument) in arguments.iter().enumerate() {
                    let separator = if index == 0 { "" } else { ", " };
                    write!(formatter, "{separator}{argument}")?;
                }
                formatter.write_str(")")
            }
            Self::Member { base, key } => match key.as_literal() {
                Some(Value::String(name)) if is_identifier(name) => {
                    write!(formatter, "{base}.{name}")
                }
                _ => write!(formatter, "{base}[{key}]"),
            },
        }
    }
}

fn write_literal(formatter: &mut fmt::Formatter<'_>, value: &Value) -> fmt::Result {
    match value {
        Value::Null => formatter.write_str("null()"),
        Value::Bool(truth) => write!(formatter, "{truth}()"),
        Value::Number(number) if number.is_i64() => write!(formatter, "{number}"),
        Value::Number(number) => write!(formatter, "json('{number}')"),
        Value::String(text) => write!(formatter, "'{}'", text.replace('\'', "''")),
        Value::Array(elements) => {
            formatter.write_str("createArray(")?;
            for (index, element) in elements.iter().enumerate() {
                formatter.write_str(if index == 0 { "" } else { ", " })?;
                write_literal(formatter, element)?;
            }
            formatter.write_str(")")
        }
        Value::Object(members) => {
            formatter.write_str("createObject(")?;
            for (index, (key, member)) in members.iter().enumerate() {
                let separator = if index == 0 { "" } else { ", " };
                write!(formatter, "{separator}'{}', ", key.replace('\'', "''"))?;
                write_literal(formatter, member)?;
            }
            formatter.write_str(")")
        }
    }
}

fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|character| character.is_ascii_alphanumeric() || character == '_')
}
