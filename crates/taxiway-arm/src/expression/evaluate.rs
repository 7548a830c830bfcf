//! Partial evaluation of expressions and of whole JSON trees with expressions in them.

use serde_json::{Map, Value};

use super::functions::{Function, lambdas, lookup, partial, runtime};
use super::members::{access, member};
use super::{Expression, Failure, Frame, Reduced, TemplateString, classify, parse};
use crate::bindings::Bindings;
use crate::pointer::Place;
use crate::runtime::Runtime;

/// The most elements a copy loop may have. Source: ARM documentation, "Resource iteration", limits.
pub(crate) const MAX_COPIES: usize = 800;

/// The most text that one call may be given: as much as a template may hold.
const MAX_TEXT: usize = crate::template::MAX_BYTES;

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
                    Some(values) if text_length(&values) > MAX_TEXT => Err(failed(
                        pure.name,
                        "its parameters are larger than a template may be",
                    )),
                    Some(values) => (pure.run)(&values)
                        .map(Reduced::owned)
                        .map_err(|message| failed(pure.name, &message)),
                    None => {
                        Ok(partial::reduce(name, &reduced).unwrap_or_else(|| rest(name, reduced)))
                    }
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

fn text_length(values: &[&Value]) -> usize {
    values
        .iter()
        .filter_map(|value| value.as_str())
        .map(str::len)
        .sum()
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
pub(super) fn object(
    members: Vec<(Expression, Reduced<'static>)>,
) -> Result<Reduced<'static>, String> {
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
