//! Partial evaluation of expressions and of whole JSON trees with expressions in them.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::frame::Local;
use super::functions::{Function, lambdas, lookup, runtime, scope};
use super::members::{access, member, try_access};
use super::{Expression, Failure, Frame, Reduced, TemplateString, classify, parse};
use crate::bindings::Bindings;
use crate::pointer::Place;
use crate::runtime::Runtime;

/// The most elements a copy loop may have. Source: ARM documentation, "Resource iteration", limits.
pub(crate) const MAX_COPIES: usize = 800;

/// Evaluates expressions of one template.
#[derive(Clone, Copy)]
pub(crate) struct Evaluator<'v> {
    pub(crate) bindings: &'v Bindings,
    /// Answers `reference()` and its kin; without one they stay unevaluated.
    pub(crate) runtime: Option<&'v dyn Runtime>,
}

impl<'v> Evaluator<'v> {
    /// Evaluates a part of a template, property loops included.
    pub(crate) fn json(
        &self,
        value: &Value,
        place: &Place<'_>,
        frame: &Frame<'_>,
    ) -> Result<Reduced<'static>, Failure> {
        match value {
            Value::String(text) => self.string(text, place, frame),
            Value::Array(elements) => {
                let mut reduced = Vec::with_capacity(elements.len());
                for (index, element) in elements.iter().enumerate() {
                    reduced.push(self.json(element, &place.element(index), frame)?);
                }
                Ok(array(reduced))
            }
            Value::Object(members) => self.object(members, place, frame),
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(Reduced::owned(value.clone())),
        }
    }

    /// Evaluates a string of a template.
    pub(crate) fn string(
        &self,
        text: &str,
        place: &Place<'_>,
        frame: &Frame<'_>,
    ) -> Result<Reduced<'static>, Failure> {
        match classify(text) {
            TemplateString::Text(text) => Ok(Reduced::owned(Value::String(text.into_owned()))),
            TemplateString::Expression(inner) => parse(inner)
                .and_then(|expression| Ok(self.reduce(&expression, frame)?.into_static()))
                .map_err(|failure| failure.at(|| place.to_string(), inner)),
        }
    }

    fn object(
        &self,
        members: &Map<String, Value>,
        place: &Place<'_>,
        frame: &Frame<'_>,
    ) -> Result<Reduced<'static>, Failure> {
        let mut reduced = Vec::with_capacity(members.len());
        for (key, value) in members {
            let place = place.member(key);
            if let (true, Value::Array(loops)) = (key.eq_ignore_ascii_case("copy"), value) {
                for (index, declaration) in loops.iter().enumerate() {
                    let place = place.element(index);
                    let (name, elements) = self.property_loop(declaration, &place, frame)?;
                    reduced.push((Expression::text(name), elements));
                }
                continue;
            }
            let key = match classify(key) {
                TemplateString::Text(text) => Expression::text(text),
                TemplateString::Expression(_) => self.string(key, &place, frame)?.into_expression(),
            };
            reduced.push((key, self.json(value, &place, frame)?));
        }
        object(reduced).map_err(|message| Failure::new(message).at_place(|| place.to_string()))
    }

    /// A loop that makes an array: its name and elements.
    pub(crate) fn property_loop<'n>(
        &self,
        declaration: &'n Value,
        place: &Place<'_>,
        frame: &Frame<'_>,
    ) -> Result<(&'n str, Reduced<'static>), Failure> {
        let missing = |what: &str| {
            Failure::new(format!(
                "The template copy definition has no valid '{what}'. Please see https://aka.ms/arm-copy for usage details."
            ))
            .at_place(|| place.to_string())
        };
        let members = declaration.as_object().ok_or_else(|| missing("name"))?;
        let name = member(members, "name")
            .and_then(Value::as_str)
            .ok_or_else(|| missing("name"))?;
        let input = member(members, "input").ok_or_else(|| missing("input"))?;
        let count = member(members, "count").ok_or_else(|| missing("count"))?;
        let count = match self.json(count, &place.member("count"), frame)? {
            Reduced::Value(count) => copy_count(&count)
                .map_err(|failure| failure.at_place(|| place.member("count").to_string()))?,
            Reduced::Rest(count) => {
                let rest = Expression::call("copy", vec![Expression::text(name), count]);
                return Ok((name, Reduced::Rest(rest)));
            }
        };
        let place = place.member("input");
        let mut elements = Vec::with_capacity(count);
        for index in 0..count {
            elements.push(frame.in_loop(name, index, |frame| self.json(input, &place, frame))?);
        }
        Ok((name, array(elements)))
    }

    /// Evaluates an expression as far as it is known.
    pub(crate) fn reduce<'f>(
        &self,
        expression: &Expression,
        frame: &Frame<'f>,
    ) -> Result<Reduced<'f>, Failure>
    where
        'v: 'f,
    {
        let frame = &frame.deeper()?;
        match expression {
            Expression::Literal(value) => Ok(Reduced::owned(value.clone())),
            Expression::Member { base, key } => {
                let base = self.reduce(base, frame)?;
                access(base, self.reduce(key, frame)?)
            }
            Expression::Call {
                function,
                arguments,
            } => self.call(function, arguments, frame),
        }
    }

    fn call<'f>(
        &self,
        name: &str,
        arguments: &[Expression],
        frame: &Frame<'f>,
    ) -> Result<Reduced<'f>, Failure>
    where
        'v: 'f,
    {
        let Some(function) = lookup(name) else {
            if let Some(list) = runtime::list_function(name) {
                return runtime::list(self, list, arguments, frame);
            }
            return self.user_function(name, arguments, frame);
        };
        function.check_count(arguments.len())?;
        match function {
            Function::Pure(pure) => {
                let reduced = self.all(arguments, frame)?;
                match values(&reduced) {
                    Some(values) => (pure.run)(&values)
                        .map(Reduced::owned)
                        .map_err(|message| failed(pure.name, &message)),
                    None => Ok(rest(name, reduced)),
                }
            }
            Function::Scoped(scoped) => {
                let reduced = self.all(arguments, frame)?;
                match values(&reduced) {
                    Some(values) => (scoped.run)(self.bindings.context(), &values)
                        .map(|value| value.map_or_else(|| rest(name, Vec::new()), Reduced::owned))
                        .map_err(|message| failed(scoped.name, &message)),
                    None => Ok(rest(name, reduced)),
                }
            }
            Function::Lambda(_) => lambdas::call(self, name, arguments, frame),
            Function::Special(_) => self.special(name, arguments, frame),
        }
    }

    fn special<'f>(
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

    /// All arguments, each reduced.
    pub(super) fn all<'f>(
        &self,
        arguments: &[Expression],
        frame: &Frame<'f>,
    ) -> Result<Vec<Reduced<'f>>, Failure>
    where
        'v: 'f,
    {
        arguments
            .iter()
            .map(|argument| self.reduce(argument, frame))
            .collect()
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
                Reduced::Rest(rest) => open.push(rest),
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
        if frame.arguments().is_some() {
            // Bicep's functions may use variables of their file, which newer versions of the engine allow.
        }
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

    fn user_function<'f>(
        &self,
        name: &str,
        arguments: &[Expression],
        frame: &Frame<'f>,
    ) -> Result<Reduced<'f>, Failure>
    where
        'v: 'f,
    {
        let Some(function) = self.bindings.function(name) else {
            return Err(Failure::new(format!(
                "The template function '{name}' is not valid. Please see https://aka.ms/arm-functions for usage details."
            )));
        };
        if arguments.len() != function.parameters.len() {
            return Err(failed(
                name,
                &format!(
                    "it expects {} parameters and was given {}",
                    function.parameters.len(),
                    arguments.len()
                ),
            ));
        }
        let reduced = self.all(arguments, frame)?;
        for (parameter, argument) in function.parameters.iter().zip(&reduced) {
            if let Reduced::Value(value) = argument {
                self.bindings
                    .check_type(&parameter.schema, value)
                    .map_err(|message| {
                        failed(name, &format!("parameter '{}': {message}", parameter.name))
                    })?;
            }
        }
        let arguments = function
            .parameters
            .iter()
            .map(|parameter| parameter.name.as_str())
            .zip(reduced)
            .collect();
        let place = Place::root(&function.pointer);
        self.json(&function.output, &place, &frame.function(&arguments))
    }
}

/// What is left of a call.
pub(super) fn rest<'f>(function: &str, arguments: Vec<Reduced<'_>>) -> Reduced<'f> {
    Reduced::Rest(Expression::call(
        function,
        arguments
            .into_iter()
            .map(Reduced::into_expression)
            .collect(),
    ))
}

/// The values of all arguments, if all are known.
pub(super) fn values<'r>(reduced: &'r [Reduced<'_>]) -> Option<Vec<&'r Value>> {
    reduced
        .iter()
        .map(|argument| match argument {
            Reduced::Value(value) => Some(value.as_ref()),
            Reduced::Rest(_) => None,
        })
        .collect()
}

pub(super) fn failed(function: &str, message: &str) -> Failure {
    Failure::new(format!(
        "Unable to evaluate template language function '{function}': {message}. Please see https://aka.ms/arm-functions for usage details."
    ))
}

/// An array of reduced elements.
pub(crate) fn array(elements: Vec<Reduced<'_>>) -> Reduced<'static> {
    if elements
        .iter()
        .all(|element| matches!(element, Reduced::Value(_)))
    {
        let elements = elements.into_iter().map(Reduced::into_json);
        return Reduced::owned(Value::Array(elements.collect()));
    }
    rest("createArray", elements)
}

/// An object of reduced members.
fn object(members: Vec<(Expression, Reduced<'static>)>) -> Result<Reduced<'static>, String> {
    let is_known = members.iter().all(|(key, value)| {
        matches!(key, Expression::Literal(_)) && matches!(value, Reduced::Value(_))
    });
    if is_known {
        let mut object = Map::new();
        for (key, value) in members {
            let Expression::Literal(Value::String(key)) = key else {
                return Err("the name of a member does not evaluate to a string".to_owned());
            };
            object.insert(key, value.into_json());
        }
        return Ok(Reduced::owned(Value::Object(object)));
    }
    let arguments = members
        .into_iter()
        .flat_map(|(key, value)| [key, value.into_expression()])
        .collect();
    Ok(Reduced::Rest(Expression::call("createObject", arguments)))
}

/// The number of elements of a loop.
pub(crate) fn copy_count(count: &Value) -> Result<usize, Failure> {
    let number = count.as_i64().or_else(|| {
        count
            .as_f64()
            .filter(|number| number.fract() == 0.0)
            .map(|_| -1)
    });
    match number.map(usize::try_from) {
        Some(Ok(count)) if count <= MAX_COPIES => Ok(count),
        Some(Ok(count)) => Err(Failure::new(format!(
            "The template copy count '{count}' exceeds the maximum of '{MAX_COPIES}'. Please see https://aka.ms/arm-copy for usage details."
        ))),
        Some(Err(_)) => Err(Failure::new(
            "The template copy count must not be negative. Please see https://aka.ms/arm-copy for usage details.",
        )),
        None => Err(Failure::new(
            "The template copy count must be an integer. Please see https://aka.ms/arm-copy for usage details.",
        )),
    }
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
