//! Expressions of the ARM template language, and how they are written.

use std::fmt::Write;

use crate::json::Json;

/// An expression of a template.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Arm {
    String(String),
    Int(i64),
    Call {
        name: String,
        arguments: Vec<Arm>,
        /// Accesses behind the call: `.x` as a string, `[i]` as any other expression.
        accesses: Vec<Arm>,
    },
}

impl Arm {
    pub(crate) fn string(text: impl Into<String>) -> Self {
        Self::String(text.into())
    }

    pub(crate) fn call(name: impl Into<String>, arguments: impl Into<Vec<Self>>) -> Self {
        Self::Call {
            name: name.into(),
            arguments: arguments.into(),
            accesses: Vec::new(),
        }
    }

    /// An integer where integers of the template language may be too small for it.
    pub(crate) fn integer(value: i64) -> Self {
        if i32::try_from(value).is_ok() {
            Self::Int(value)
        } else {
            Self::call("json", [Self::string(value.to_string())])
        }
    }

    /// `self[access]`; a literal needs a function in front to be indexed.
    pub(crate) fn access(self, access: Self) -> Self {
        match self {
            Self::Call {
                name,
                arguments,
                mut accesses,
            } => {
                accesses.push(access);
                Self::Call {
                    name,
                    arguments,
                    accesses,
                }
            }
            Self::String(_) => Self::call("string", [self]).access(access),
            Self::Int(_) => Self::call("int", [self]).access(access),
        }
    }

    /// `self.name`
    pub(crate) fn property(self, name: impl Into<String>) -> Self {
        self.access(Self::String(name.into()))
    }

    /// The expression as it stands inside brackets.
    pub(crate) fn write(&self, out: &mut String) {
        match self {
            Self::String(text) => {
                out.push('\'');
                out.push_str(&text.replace('\'', "''"));
                out.push('\'');
            }
            Self::Int(value) => {
                write!(out, "{value}").expect("writing to a string cannot fail");
            }
            Self::Call {
                name,
                arguments,
                accesses,
            } => {
                out.push_str(name);
                out.push('(');
                for (index, argument) in arguments.iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    argument.write(out);
                }
                out.push(')');
                for access in accesses {
                    match access {
                        Self::String(name) if is_identifier(name) => {
                            out.push('.');
                            out.push_str(name);
                        }
                        other => {
                            out.push('[');
                            other.write(out);
                            out.push(']');
                        }
                    }
                }
            }
        }
    }

    /// The JSON value: literals as they are, anything else in brackets.
    pub(crate) fn to_json(&self) -> Json {
        match self {
            Self::String(text) => escape(text).into(),
            Self::Int(value) => (*value).into(),
            Self::Call { .. } => self.bracketed().into(),
        }
    }

    /// `[…]`
    pub(crate) fn bracketed(&self) -> String {
        let mut out = String::from("[");
        self.write(&mut out);
        out.push(']');
        out
    }
}

/// A literal string, so that it is not read as an expression.
pub(crate) fn escape(text: &str) -> String {
    if text.starts_with('[') && text.ends_with(']') {
        format!("[{text}")
    } else {
        text.to_owned()
    }
}

pub(crate) fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
