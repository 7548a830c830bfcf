//! Functions that decide themselves what is evaluated: conditions, names of the template, loops.

use std::borrow::Cow;

use serde_json::Value;

use super::evaluate::{failed, rest, values};
use super::frame::Local;
use super::functions::{runtime, scope};
use super::members::{access, member, try_access};
use super::{Evaluator, Expression, Failure, Frame, Reduced};

impl<'v> Evaluator<'v> {
    /// Calls the function `name`, which is one of these.
    pub(super) fn special<'f>(
        &self,
        name: &str,
        arguments: &[Expression],
        frame: &Frame<'f>,
    ) -> Result<Reduced<'f>, Failure>
    where
        'v: 'f,
    {
        match name.to_ascii_lowercase().as_str() {
            "if" => self.conditional(arguments, frame),
            "and" => self.connective(name, arguments, frame, false),
            "or" => self.connective(name, arguments, frame, true),
            "coalesce" => self.coalesce(arguments, frame),
            "tryget" => self.try_get(arguments, frame),
            "parameters" => self.parameter(&arguments[0], frame),
            "variables" => self.variable(&arguments[0], frame),
            "copyindex" => self.copy_index(arguments, frame),
            "lambdavariables" => self.lambda_variable(&arguments[0], frame),
            "utcnow" => scope::utc_now(self, arguments, frame),
            "newguid" => scope::new_guid(self, frame),
            "deployment" => Ok(Reduced::owned(self.bindings.deployment())),
            "reference" => runtime::reference(self, arguments, frame),
            "references" => runtime::references(self, arguments, frame),
            _ => Err(Failure::new(format!(
                "The template function '{name}' is not expected at this location. Please see https://aka.ms/arm-functions for usage details."
            ))),
        }
    }

    fn conditional<'f>(
        &self,
        arguments: &[Expression],
        frame: &Frame<'f>,
    ) -> Result<Reduced<'f>, Failure>
    where
        'v: 'f,
    {
        match self.reduce(&arguments[0], frame)? {
            Reduced::Value(condition) => match condition.as_bool() {
                Some(true) => self.reduce(&arguments[1], frame),
                Some(false) => self.reduce(&arguments[2], frame),
                None => Err(failed(
                    "if",
                    "its first parameter must be of type 'Boolean'",
                )),
            },
            Reduced::Rest(condition) => Ok(Reduced::Rest(Expression::call(
                "if",
                vec![
                    condition,
                    self.branch(&arguments[1], frame),
                    self.branch(&arguments[2], frame),
                ],
            ))),
        }
    }

    /// A branch that may never be taken: where it fails, it stays as it is.
    fn branch(&self, expression: &Expression, frame: &Frame<'_>) -> Expression {
        match self.reduce(expression, frame) {
            Ok(reduced) => reduced.into_expression(),
            Err(_) => expression.clone(),
        }
    }

    /// `and` and `or`: `decisive` is the value that decides the outcome.
    fn connective<'f>(
        &self,
        name: &str,
        arguments: &[Expression],
        frame: &Frame<'f>,
        decisive: bool,
    ) -> Result<Reduced<'f>, Failure>
    where
        'v: 'f,
    {
        let mut open = Vec::new();
        for argument in arguments {
            match self.reduce(argument, frame)? {
                Reduced::Value(value) => match value.as_bool() {
                    Some(truth) if truth == decisive => {
                        return Ok(Reduced::owned(Value::Bool(decisive)));
                    }
                    Some(_) => {}
                    None => {
                        return Err(failed(name, "its parameters must be of type 'Boolean'"));
                    }
                },
                Reduced::Rest(rest) => open.push(rest),
            }
        }
        Ok(match open.len() {
            0 => Reduced::owned(Value::Bool(!decisive)),
            1 => Reduced::Rest(open.remove(0)),
            _ => Reduced::Rest(Expression::call(name, open)),
        })
    }

    fn coalesce<'f>(
        &self,
        arguments: &[Expression],
        frame: &Frame<'f>,
    ) -> Result<Reduced<'f>, Failure>
    where
        'v: 'f,
    {
        let mut open = Vec::new();
        for argument in arguments {
            match self.reduce(argument, frame)? {
                Reduced::Value(value) if value.is_null() => {}
                known @ Reduced::Value(_) if open.is_empty() => return Ok(known),
                known @ Reduced::Value(_) => {
                    open.push(known.into_expression());
                    break;
                }
                Reduced::Rest(rest) => {
                    let is_there = is_never_null(&rest);
                    open.push(rest);
                    if is_there {
                        break;
                    }
                }
            }
        }
        Ok(match open.len() {
            0 => Reduced::owned(Value::Null),
            1 => Reduced::Rest(open.remove(0)),
            _ => Reduced::Rest(Expression::call("coalesce", open)),
        })
    }

    fn try_get<'f>(
        &self,
        arguments: &[Expression],
        frame: &Frame<'f>,
    ) -> Result<Reduced<'f>, Failure>
    where
        'v: 'f,
    {
        let mut reduced = self.all(arguments, frame)?;
        if reduced
            .iter()
            .all(|argument| matches!(argument, Reduced::Value(_)))
        {
            let mut keys = reduced.into_iter();
            let mut current = Cow::Owned(Value::Null);
            for (index, key) in keys.by_ref().enumerate() {
                let Reduced::Value(key) = key else { continue };
                current = match index {
                    0 => key,
                    _ => try_key(current, &key),
                };
            }
            return Ok(Reduced::Value(current));
        }
        // An object of which only some members are unknown may still have the first key.
        if reduced.len() == 2
            && let (Reduced::Rest(base), Reduced::Value(_)) = (&reduced[0], &reduced[1])
            && let Some(keys) = base.arguments_of("createObject")
            && keys.iter().step_by(2).all(|key| key.as_literal().is_some())
        {
            let key = reduced.remove(1);
            let base = reduced.remove(0);
            let found = access(base, key)?;
            return Ok(match found {
                Reduced::Rest(Expression::Member { ref base, .. })
                    if base.arguments_of("createObject").is_some() =>
                {
                    Reduced::owned(Value::Null)
                }
                found => found,
            });
        }
        Ok(rest("tryGet", reduced))
    }

    fn parameter<'f>(&self, name: &Expression, frame: &Frame<'f>) -> Result<Reduced<'f>, Failure>
    where
        'v: 'f,
    {
        let name = match self.name("parameters", name, frame)? {
            Ok(name) => name,
            Err(rest) => return Ok(rest),
        };
        if let Some(arguments) = frame.arguments() {
            return arguments
                .iter()
                .find(|(parameter, _)| parameter.eq_ignore_ascii_case(&name))
                .map(|(_, value)| value.borrowed())
                .ok_or_else(|| not_found("parameter", &name));
        }
        match self.bindings.parameter(&name) {
            Some(value) => value,
            None if self.bindings.leaves_unknown_names() => Ok(Reduced::Rest(Expression::call(
                "parameters",
                vec![Expression::text(name)],
            ))),
            None => Err(not_found("parameter", &name)),
        }
    }

    fn variable<'f>(&self, name: &Expression, frame: &Frame<'f>) -> Result<Reduced<'f>, Failure>
    where
        'v: 'f,
    {
        let name = match self.name("variables", name, frame)? {
            Ok(name) => name,
            Err(rest) => return Ok(rest),
        };
        // Functions of the template may use variables too, as newer versions of the engine allow.
        self.bindings
            .variable(&name)
            .unwrap_or_else(|| Err(not_found("variable", &name)))
    }

    fn copy_index<'f>(
        &self,
        arguments: &[Expression],
        frame: &Frame<'f>,
    ) -> Result<Reduced<'f>, Failure>
    where
        'v: 'f,
    {
        let reduced = self.all(arguments, frame)?;
        let Some(values) = values(&reduced) else {
            return Ok(rest("copyIndex", reduced));
        };
        let name = values.first().and_then(|value| value.as_str());
        let offset = values
            .get(usize::from(name.is_some()))
            .map_or(Some(0), |value| value.as_i64())
            .ok_or_else(|| failed("copyIndex", "the offset must be of type 'Integer'"))?;
        match frame.copy_index(name) {
            Local::Known(index) => i64::try_from(index)
                .ok()
                .and_then(|index| index.checked_add(offset))
                .map(|index| Reduced::owned(index.into()))
                .ok_or_else(|| failed("copyIndex", "the result does not fit into 64 bits")),
            Local::Open => Ok(rest("copyIndex", reduced)),
            Local::Missing => Err(Failure::new(
                "The template function 'copyIndex' is not expected at this location. The function can only be used in a resource with copy specified. Please see https://aka.ms/arm-copy for usage details.",
            )),
        }
    }

    fn lambda_variable<'f>(
        &self,
        name: &Expression,
        frame: &Frame<'f>,
    ) -> Result<Reduced<'f>, Failure>
    where
        'v: 'f,
    {
        let name = match self.name("lambdaVariables", name, frame)? {
            Ok(name) => name,
            Err(rest) => return Ok(rest),
        };
        match frame.lambda_variable(&name) {
            Local::Known(value) => Ok(value),
            Local::Open => Ok(Reduced::Rest(Expression::call(
                "lambdaVariables",
                vec![Expression::text(name)],
            ))),
            Local::Missing => Err(not_found("lambda variable", &name)),
        }
    }

    /// A name given as an argument; what is left of the call where it is not known.
    fn name<'f>(
        &self,
        function: &str,
        argument: &Expression,
        frame: &Frame<'f>,
    ) -> Result<Result<String, Reduced<'f>>, Failure>
    where
        'v: 'f,
    {
        match self.reduce(argument, frame)? {
            Reduced::Value(value) => match value.as_str() {
                Some(name) => Ok(Ok(name.to_owned())),
                None => Err(failed(function, "its parameter must be of type 'String'")),
            },
            open @ Reduced::Rest(_) => Ok(Err(rest(function, vec![open]))),
        }
    }
}

/// Whether an expression has a value for certain, whatever its unknown parts turn out to be.
fn is_never_null(rest: &Expression) -> bool {
    ["createArray", "createObject", "format"]
        .iter()
        .any(|function| rest.arguments_of(function).is_some())
}

/// A key of `tryGet`: a name, an index, or an index from the end.
fn try_key<'v>(base: Cow<'v, Value>, key: &Value) -> Cow<'v, Value> {
    let Some(members) = key.as_object() else {
        return try_access(base, key);
    };
    let from_end = member(members, "fromEnd").and_then(Value::as_bool) == Some(true);
    let value = member(members, "value").cloned().unwrap_or(Value::Null);
    if !from_end {
        return try_access(base, &value);
    }
    let length = base.as_array().map_or(0, Vec::len);
    let index = value
        .as_u64()
        .and_then(|back| usize::try_from(back).ok())
        .and_then(|back| length.checked_sub(back));
    match index {
        Some(index) => try_access(base, &Value::from(index)),
        None => Cow::Owned(Value::Null),
    }
}

fn not_found(what: &str, name: &str) -> Failure {
    Failure::new(format!(
        "The template {what} '{name}' is not found. Please see https://aka.ms/arm-syntax for usage details."
    ))
}
