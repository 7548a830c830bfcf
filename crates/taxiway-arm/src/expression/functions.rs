//! The functions of the template language.
//!
//! Most are pure: values in, value out ([`Function::Pure`]); some also look at the [`Context`]. Those that decide
//! themselves what to evaluate are [`Function::Special`] and [`Function::Lambda`].
//! Source: ARM documentation, "ARM template functions".

mod argument;
mod array;
mod cidr;
mod date;
mod date_format;
mod encoding;
mod format;
mod identity;
pub(super) mod lambdas;
mod logic;
mod number;
mod object;
pub(super) mod partial;
pub(super) mod runtime;
pub(super) mod scope;
mod text;
mod uri;

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::Value;

use super::Failure;
use crate::Context;

pub(crate) use argument::type_name;

/// The outcome of a function: a value, or what is wrong in words.
type Outcome = Result<Value, String>;

/// A function of its arguments alone.
pub(super) struct Pure {
    pub(super) name: &'static str,
    arity: Arity,
    pub(super) run: fn(&[&Value]) -> Outcome,
}

/// A function that also looks at the context; `None` is a value that is not known yet.
pub(super) struct Scoped {
    pub(super) name: &'static str,
    arity: Arity,
    pub(super) run: fn(&Context, &[&Value]) -> Result<Option<Value>, String>,
}

/// A function with rules of evaluation of its own.
pub(super) struct Special {
    name: &'static str,
    arity: Arity,
}

/// How many arguments a function takes: at least, at most.
type Arity = (usize, usize);

/// Any number of arguments.
const MANY: usize = usize::MAX;

/// A function by its kind.
#[derive(Clone, Copy)]
pub(super) enum Function {
    Pure(&'static Pure),
    Scoped(&'static Scoped),
    Lambda(&'static Special),
    Special(&'static Special),
}

const SPECIAL: &[Special] = &[
    special("if", 3, 3),
    special("and", 2, MANY),
    special("or", 2, MANY),
    special("coalesce", 1, MANY),
    special("tryGet", 2, MANY),
    special("parameters", 1, 1),
    special("variables", 1, 1),
    special("copyIndex", 0, 2),
    special("lambdaVariables", 1, 1),
    special("lambda", 1, MANY),
    special("utcNow", 0, 1),
    special("newGuid", 0, 0),
    special("deployment", 0, 0),
    special("reference", 1, 3),
    special("references", 1, 2),
];

const LAMBDA: &[Special] = &[
    special("map", 2, 2),
    special("filter", 2, 2),
    special("reduce", 3, 3),
    special("sort", 2, 2),
    special("toObject", 2, 3),
    special("mapValues", 2, 2),
    special("groupBy", 2, 3),
];

static FUNCTIONS: LazyLock<HashMap<String, Function>> = LazyLock::new(|| {
    let pure = [
        text::FUNCTIONS,
        array::FUNCTIONS,
        object::FUNCTIONS,
        number::FUNCTIONS,
        logic::FUNCTIONS,
        date::FUNCTIONS,
        encoding::FUNCTIONS,
        uri::FUNCTIONS,
        identity::FUNCTIONS,
        cidr::FUNCTIONS,
    ];
    let pure = pure
        .into_iter()
        .flatten()
        .map(|pure| (pure.name, Function::Pure(pure)));
    let scoped = scope::FUNCTIONS
        .iter()
        .map(|scoped| (scoped.name, Function::Scoped(scoped)));
    let special = SPECIAL
        .iter()
        .map(|special| (special.name, Function::Special(special)));
    let lambda = LAMBDA
        .iter()
        .map(|lambda| (lambda.name, Function::Lambda(lambda)));
    pure.chain(scoped)
        .chain(special)
        .chain(lambda)
        .map(|(name, function)| (name.to_ascii_lowercase(), function))
        .collect()
});

/// The function of this name, in any case.
pub(super) fn lookup(name: &str) -> Option<Function> {
    FUNCTIONS.get(&name.to_ascii_lowercase()).copied()
}

impl Function {
    const fn name_and_arity(self) -> (&'static str, Arity) {
        match self {
            Self::Pure(pure) => (pure.name, pure.arity),
            Self::Scoped(scoped) => (scoped.name, scoped.arity),
            Self::Lambda(special) | Self::Special(special) => (special.name, special.arity),
        }
    }

    /// Checks the number of arguments.
    pub(super) fn check_count(self, count: usize) -> Result<(), Failure> {
        let (name, (least, most)) = self.name_and_arity();
        if (least..=most).contains(&count) {
            return Ok(());
        }
        let expected = match (least, most) {
            (least, MANY) => format!("at least '{least}'"),
            (least, most) if least == most => format!("'{least}'"),
            (least, most) => format!("'{least}' to '{most}'"),
        };
        Err(Failure::new(format!(
            "Unable to evaluate template language function '{name}': function requires {expected} argument(s) while '{count}' were provided. Please see https://aka.ms/arm-functions for usage details."
        )))
    }
}

const fn pure(
    name: &'static str,
    least: usize,
    most: usize,
    run: fn(&[&Value]) -> Outcome,
) -> Pure {
    Pure {
        name,
        arity: (least, most),
        run,
    }
}

const fn special(name: &'static str, least: usize, most: usize) -> Special {
    Special {
        name,
        arity: (least, most),
    }
}
