//! What decorators make of the type under them.

use std::rc::Rc;

use super::Checker;
use super::declared::integer;
use crate::ast::{Decorator, decorator};
use crate::types::{Array, Integer, Looseness, Object, Text, Type, nullable, without_null};

/// The lengths or values that decorators set.
struct Limits {
    least: Option<i64>,
    greatest: Option<i64>,
}

impl<'a> Checker<'a> {
    pub(super) fn limited(
        &mut self,
        kind: Type,
        decorators: &'a [Decorator],
        looseness: Looseness,
    ) -> Type {
        if let Some(rest) = without_null(&kind) {
            return nullable(self.limited(rest, decorators, looseness));
        }
        if decorators.is_empty() && looseness == Looseness::Strict {
            return kind;
        }
        let is_secret = decorator(decorators, "secure").is_some();
        match kind {
            Type::Bool(own) => Type::Bool(looseness.or(own)),
            Type::Int(own) => {
                let names = ["minValue", "maxValue"];
                match self.limits(decorators, names, own.least, own.greatest) {
                    Some(limits) => Type::limited_integer(Integer {
                        least: limits.least,
                        greatest: limits.greatest,
                        looseness: looseness.or(own.looseness),
                    }),
                    None => Type::Error,
                }
            }
            Type::String(text) => {
                let names = ["minLength", "maxLength"];
                match self.limits(decorators, names, text.least, text.greatest) {
                    Some(Limits {
                        greatest: Some(0), ..
                    }) => Type::literal(""),
                    Some(limits) => Type::String(Text {
                        least: limits.least,
                        greatest: limits.greatest,
                        // The official compiler checks no pattern of what has decorators.
                        pattern: text.pattern.filter(|_| decorators.is_empty()),
                        looseness: looseness.or(text.looseness),
                        is_secret: is_secret || text.is_secret,
                    }),
                    None => Type::Error,
                }
            }
            Type::Array(array) => {
                let names = ["minLength", "maxLength"];
                match self.limits(decorators, names, array.least, array.greatest) {
                    Some(limits) => Type::Array(Rc::new(Array {
                        item: array.item.clone(),
                        least: limits.least,
                        greatest: limits.greatest,
                        is_untyped: array.is_untyped,
                        is_lenient: array.is_lenient,
                    })),
                    None => Type::Error,
                }
            }
            Type::Object(object) => {
                let is_sealed = decorator(decorators, "sealed").is_some();
                if !is_sealed && !is_secret {
                    return Type::Object(object);
                }
                Type::Object(Rc::new(Object {
                    name: Rc::clone(&object.name),
                    members: object.members.clone(),
                    additional: object.additional.clone().filter(|_| !is_sealed),
                    strictness: object.strictness,
                    is_secret: is_secret || object.is_secret,
                }))
            }
            other => other,
        }
    }

    /// What two decorators set; `None` where the least is more than the greatest, which is reported.
    fn limits(
        &mut self,
        decorators: &'a [Decorator],
        names: [&'static str; 2],
        least: Option<i64>,
        greatest: Option<i64>,
    ) -> Option<Limits> {
        let of = |name: &str| {
            decorator(decorators, name).and_then(|arguments| match arguments {
                [only] => integer(only),
                _ => None,
            })
        };
        let (own_least, own_greatest) = (of(names[0]), of(names[1]));
        let limits = Limits {
            least: own_least.or(least),
            greatest: own_greatest.or(greatest),
        };
        let is_wrong = limits
            .least
            .zip(limits.greatest)
            .is_some_and(|(least, greatest)| least > greatest);
        if !is_wrong {
            return Some(limits);
        }
        let blamed = if own_least.is_some() {
            names[0]
        } else {
            names[1]
        };
        let blamed = decorators
            .iter()
            .find(|decorator| decorator.call().is_some_and(|(name, _)| name == blamed))?;
        let message = format!("`{}` is more than `{}`", names[0], names[1]);
        self.error(blamed.expr.span, "BCP331", message);
        None
    }
}
