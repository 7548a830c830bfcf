//! Functions that take a `lambda(…)`.
//!
//! Where a result depends on something not known yet, the call stays, with all that is known in it computed.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::super::evaluate::{array, failed, rest};
use super::super::{Evaluator, Expression, Failure, Frame, Reduced};
use super::argument::type_name;

/// A function of some variables, not evaluated yet.
struct Lambda<'e> {
    variables: Vec<&'e str>,
    body: &'e Expression,
}

/// Calls the function `name`, which takes lambdas.
pub(in crate::expression) fn call(
    evaluator: &Evaluator<'_>,
    name: &str,
    arguments: &[Expression],
    frame: &Frame<'_>,
) -> Result<Reduced<'static>, Failure> {
    let call = Call {
        evaluator,
        name,
        arguments,
        frame,
    };
    let input = evaluator.reduce(&arguments[0], frame)?;
    let Some(elements) = elements(&input) else {
        return match input {
            Reduced::Value(value) => Err(failed(
                name,
                &format!(
                    "its parameter at position '1' must be of type 'Array' or 'Object', not '{}'",
                    type_name(&value)
                ),
            )),
            Reduced::Rest(_) => call.unevaluated(),
        };
    };
    match (name.to_ascii_lowercase().as_str(), &input) {
        ("map", _) => call.map(elements),
        ("filter", _) => call.filter(elements),
        ("reduce", _) => call.reduce(elements),
        ("sort", _) => call.sort(elements),
        ("toobject", _) => call.to_object(elements),
        ("groupby", _) => call.group_by(elements),
        ("mapvalues", Reduced::Value(object)) => match object.as_object() {
            Some(members) => call.map_values(members),
            None => Err(failed(
                name,
                "its parameter at position '1' must be of type 'Object'",
            )),
        },
        _ => call.unevaluated(),
    }
}

/// The elements of an array, known or not; `None` where not even their number is known.
fn elements<'r>(input: &'r Reduced<'_>) -> Option<Vec<Reduced<'r>>> {
    match input {
        Reduced::Value(value) => match value.as_ref() {
            Value::Array(elements) => Some(
                elements
                    .iter()
                    .map(|element| Reduced::Value(std::borrow::Cow::Borrowed(element)))
                    .collect(),
            ),
            Value::Object(_) => Some(Vec::new()),
            _ => None,
        },
        Reduced::Rest(expression) => expression.arguments_of("createArray").map(|elements| {
            elements
                .iter()
                .map(|element| match element {
                    Expression::Literal(value) => Reduced::Value(std::borrow::Cow::Borrowed(value)),
                    other => Reduced::Rest(other.clone()),
                })
                .collect()
        }),
    }
}

struct Call<'c> {
    evaluator: &'c Evaluator<'c>,
    name: &'c str,
    arguments: &'c [Expression],
    frame: &'c Frame<'c>,
}

impl<'c> Call<'c> {
    fn lambda(&self, position: usize, variables: &[usize]) -> Result<Lambda<'c>, Failure> {
        let wrong = || {
            failed(
                self.name,
                &format!(
                    "its parameter at position '{}' must be a lambda with {} variable(s)",
                    position + 1,
                    variables
                        .iter()
                        .map(usize::to_string)
                        .collect::<Vec<_>>()
                        .join(" or ")
                ),
            )
        };
        let parts = self.arguments[position]
            .arguments_of("lambda")
            .ok_or_else(wrong)?;
        let (body, names) = parts.split_last().ok_or_else(wrong)?;
        let names: Option<Vec<&str>> = names
            .iter()
            .map(|name| name.as_literal().and_then(Value::as_str))
            .collect();
        match names {
            Some(names) if variables.contains(&names.len()) => Ok(Lambda {
                variables: names,
                body,
            }),
            _ => Err(wrong()),
        }
    }

    /// The lambda's value for these values of its variables; the lambda may name fewer.
    fn apply(
        &self,
        lambda: &Lambda<'_>,
        values: &[&Reduced<'_>],
    ) -> Result<Reduced<'static>, Failure> {
        apply(self.evaluator, lambda, values, self.frame)
    }

    /// The call with everything known in it computed.
    fn unevaluated(&self) -> Result<Reduced<'static>, Failure> {
        let mut reduced = Vec::with_capacity(self.arguments.len());
        for argument in self.arguments {
            let Some(parts) = argument.arguments_of("lambda") else {
                reduced.push(self.evaluator.reduce(argument, self.frame)?.into_static());
                continue;
            };
            let names: Vec<&str> = parts
                .iter()
                .filter_map(|part| part.as_literal().and_then(Value::as_str))
                .collect();
            let Some((body, variables)) = parts.split_last() else {
                continue;
            };
            let names = &names[..variables.len().min(names.len())];
            let body = open(self.evaluator, names, body, self.frame)?;
            let mut parts = variables.to_vec();
            parts.push(body.into_expression());
            reduced.push(Reduced::Rest(Expression::call("lambda", parts)));
        }
        Ok(rest(self.name, reduced))
    }

    fn map(&self, elements: Vec<Reduced<'_>>) -> Result<Reduced<'static>, Failure> {
        let lambda = self.lambda(1, &[1, 2])?;
        let mut mapped = Vec::with_capacity(elements.len());
        for (index, element) in elements.iter().enumerate() {
            let index = Reduced::owned(index.into());
            mapped.push(self.apply(&lambda, &[element, &index])?);
        }
        Ok(array(mapped))
    }

    fn filter(&self, elements: Vec<Reduced<'_>>) -> Result<Reduced<'static>, Failure> {
        let lambda = self.lambda(1, &[1, 2])?;
        let mut kept = Vec::new();
        for (index, element) in elements.into_iter().enumerate() {
            let index = Reduced::owned(index.into());
            match self.apply(&lambda, &[&element, &index])? {
                Reduced::Value(value) => match value.as_bool() {
                    Some(true) => kept.push(element.into_static()),
                    Some(false) => {}
                    None => return Err(self.wants("Boolean", &value)),
                },
                Reduced::Rest(_) => return self.unevaluated(),
            }
        }
        Ok(array(kept))
    }

    fn reduce(&self, elements: Vec<Reduced<'_>>) -> Result<Reduced<'static>, Failure> {
        let lambda = self.lambda(2, &[2, 3])?;
        let mut result = self
            .evaluator
            .reduce(&self.arguments[1], self.frame)?
            .into_static();
        for (index, element) in elements.iter().enumerate() {
            let index = Reduced::owned(index.into());
            result = self.apply(&lambda, &[&result, element, &index])?;
        }
        Ok(result)
    }

    fn sort(&self, elements: Vec<Reduced<'_>>) -> Result<Reduced<'static>, Failure> {
        let lambda = self.lambda(1, &[2])?;
        let elements = elements.into_iter().map(Reduced::into_static).collect();
        let sorted = merge_sort(elements, &mut |left, right| match self
            .apply(&lambda, &[left, right])?
        {
            Reduced::Value(value) => match value.as_bool() {
                Some(true) => Ok(Some(Ordering::Less)),
                Some(false) => Ok(Some(Ordering::Greater)),
                None => Err(self.wants("Boolean", &value)),
            },
            Reduced::Rest(_) => Ok(None),
        })?;
        match sorted {
            Some(sorted) => Ok(array(sorted)),
            None => self.unevaluated(),
        }
    }

    fn to_object(&self, elements: Vec<Reduced<'_>>) -> Result<Reduced<'static>, Failure> {
        let names = self.lambda(1, &[1, 2])?;
        let values = match self.arguments.len() {
            3 => Some(self.lambda(2, &[1, 2])?),
            _ => None,
        };
        let mut members = Vec::with_capacity(elements.len());
        for (index, element) in elements.into_iter().enumerate() {
            let index = Reduced::owned(index.into());
            let Some(name) = self.member_name(&names, &[&element, &index])? else {
                return self.unevaluated();
            };
            let value = match &values {
                Some(values) => self.apply(values, &[&element, &index])?,
                None => element.into_static(),
            };
            members.push((name, value));
        }
        Ok(object(members))
    }

    fn group_by(&self, elements: Vec<Reduced<'_>>) -> Result<Reduced<'static>, Failure> {
        let names = self.lambda(1, &[1, 2])?;
        let values = match self.arguments.len() {
            3 => Some(self.lambda(2, &[1, 2])?),
            _ => None,
        };
        let mut groups: indexmap::IndexMap<String, Vec<Reduced<'static>>> =
            indexmap::IndexMap::new();
        for (index, element) in elements.into_iter().enumerate() {
            let index = Reduced::owned(index.into());
            let Some(name) = self.member_name(&names, &[&element, &index])? else {
                return self.unevaluated();
            };
            let value = match &values {
                Some(values) => self.apply(values, &[&element, &index])?,
                None => element.into_static(),
            };
            groups.entry(name).or_default().push(value);
        }
        let members = groups.into_iter().map(|(name, group)| (name, array(group)));
        Ok(object(members.collect()))
    }

    fn map_values(&self, members: &Map<String, Value>) -> Result<Reduced<'static>, Failure> {
        let lambda = self.lambda(1, &[1])?;
        let mut mapped = Vec::with_capacity(members.len());
        for (name, value) in members {
            let value = Reduced::Value(std::borrow::Cow::Borrowed(value));
            mapped.push((name.clone(), self.apply(&lambda, &[&value])?));
        }
        Ok(object(mapped))
    }

    fn member_name(
        &self,
        lambda: &Lambda<'_>,
        values: &[&Reduced<'_>],
    ) -> Result<Option<String>, Failure> {
        match self.apply(lambda, values)? {
            Reduced::Value(value) => match value.as_ref() {
                Value::String(name) => Ok(Some(name.clone())),
                other => Err(self.wants("String", other)),
            },
            Reduced::Rest(_) => Ok(None),
        }
    }

    fn wants(&self, kind: &str, value: &Value) -> Failure {
        failed(
            self.name,
            &format!(
                "the lambda must give a value of type '{kind}', not '{}'",
                type_name(value)
            ),
        )
    }
}

fn apply(
    evaluator: &Evaluator<'_>,
    lambda: &Lambda<'_>,
    values: &[&Reduced<'_>],
    frame: &Frame<'_>,
) -> Result<Reduced<'static>, Failure> {
    match (lambda.variables.split_first(), values.split_first()) {
        (Some((name, variables)), Some((value, values))) => {
            let inner = Lambda {
                variables: variables.to_vec(),
                body: lambda.body,
            };
            frame.in_lambda(name, Some(value), |frame| {
                apply(evaluator, &inner, values, frame)
            })
        }
        _ => Ok(evaluator.reduce(lambda.body, frame)?.into_static()),
    }
}

/// The body of a lambda whose variables have no values.
fn open(
    evaluator: &Evaluator<'_>,
    names: &[&str],
    body: &Expression,
    frame: &Frame<'_>,
) -> Result<Reduced<'static>, Failure> {
    match names.split_first() {
        Some((name, names)) => {
            frame.in_lambda(name, None, |frame| open(evaluator, names, body, frame))
        }
        None => Ok(evaluator.reduce(body, frame)?.into_static()),
    }
}

fn object(members: Vec<(String, Reduced<'static>)>) -> Reduced<'static> {
    if members
        .iter()
        .all(|(_, value)| matches!(value, Reduced::Value(_)))
    {
        let members = members
            .into_iter()
            .map(|(name, value)| (name, value.into_json()));
        return Reduced::owned(Value::Object(members.collect()));
    }
    let arguments = members
        .into_iter()
        .flat_map(|(name, value)| [Expression::text(name), value.into_expression()]);
    Reduced::Rest(Expression::call("createObject", arguments.collect()))
}

type Compare<'c> =
    dyn FnMut(&Reduced<'static>, &Reduced<'static>) -> Result<Option<Ordering>, Failure> + 'c;

/// Sorts by a comparison that may fail, may not know (`None`), and need not be consistent.
fn merge_sort(
    mut elements: Vec<Reduced<'static>>,
    compare: &mut Compare<'_>,
) -> Result<Option<Vec<Reduced<'static>>>, Failure> {
    if elements.len() < 2 {
        return Ok(Some(elements));
    }
    let right = elements.split_off(elements.len() / 2);
    let (Some(left), Some(right)) = (merge_sort(elements, compare)?, merge_sort(right, compare)?)
    else {
        return Ok(None);
    };
    let mut sorted = Vec::with_capacity(left.len() + right.len());
    let mut left = left.into_iter().peekable();
    let mut right = right.into_iter().peekable();
    while let (Some(first), Some(second)) = (left.peek(), right.peek()) {
        // An element of the right half comes first only where it is smaller, which keeps equal ones in order.
        match compare(second, first)? {
            Some(Ordering::Less) => sorted.extend(right.next()),
            Some(_) => sorted.extend(left.next()),
            None => return Ok(None),
        }
    }
    sorted.extend(left);
    sorted.extend(right);
    Ok(Some(sorted))
}
