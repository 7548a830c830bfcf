//! `reference()`, `references()` and the `list…()` functions: what only deployed resources can answer.

use serde_json::Value;

use super::super::evaluate::{array, failed, rest, values};
use super::super::{Evaluator, Expression, Failure, Frame, Reduced};
use crate::runtime::Target;

/// The name of a function that lists secrets and the like by a POST to a resource: `listKeys`, `listCredentials`.
pub(in crate::expression) fn list_function(name: &str) -> Option<&str> {
    let rest = name.get(..4)?;
    (rest.eq_ignore_ascii_case("list") && name.len() > 4 && !name.contains('.')).then_some(name)
}

/// `reference(resource[, apiVersion[, 'Full']])`.
pub(in crate::expression) fn reference<'f>(
    evaluator: &Evaluator<'_>,
    arguments: &[Expression],
    frame: &Frame<'f>,
) -> Result<Reduced<'f>, Failure> {
    let reduced = evaluator.all(arguments, frame)?;
    let (Some(known), Some(runtime)) = (values(&reduced), evaluator.runtime) else {
        return Ok(rest("reference", reduced));
    };
    let name = string("reference", known[0])?;
    let mut api_version = None;
    let mut full = false;
    for value in &known[1..] {
        let value = string("reference", value)?;
        if value.eq_ignore_ascii_case("full") {
            full = true;
        } else {
            api_version = Some(value);
        }
    }
    let target = runtime
        .resources()
        .find(name)?
        .with_api_version(api_version);
    runtime.reference(&target, full)
}

/// `references(collection[, 'full'])`: one value for each element of a resource loop.
pub(in crate::expression) fn references<'f>(
    evaluator: &Evaluator<'_>,
    arguments: &[Expression],
    frame: &Frame<'f>,
) -> Result<Reduced<'f>, Failure> {
    let reduced = evaluator.all(arguments, frame)?;
    let (Some(known), Some(runtime)) = (values(&reduced), evaluator.runtime) else {
        return Ok(rest("references", reduced));
    };
    let name = string("references", known[0])?;
    let full = known
        .get(1)
        .and_then(|value| value.as_str())
        .is_some_and(|value| value.eq_ignore_ascii_case("full"));
    let mut elements = Vec::new();
    for target in runtime.resources().collection(name)? {
        elements.push(runtime.reference(&target, full)?);
    }
    Ok(array(elements))
}

/// `list…(resource, apiVersion[, body])`.
pub(in crate::expression) fn list<'f>(
    evaluator: &Evaluator<'_>,
    function: &str,
    arguments: &[Expression],
    frame: &Frame<'f>,
) -> Result<Reduced<'f>, Failure> {
    if arguments.len() < 2 {
        return Err(failed(function, "it needs a resource and an API version"));
    }
    let reduced = evaluator.all(arguments, frame)?;
    let (Some(known), Some(runtime)) = (values(&reduced), evaluator.runtime) else {
        return Ok(rest(function, reduced));
    };
    let target: Target = runtime.resources().find(string(function, known[0])?)?;
    let api_version = string(function, known[1])?;
    runtime.list(&target, function, api_version, known.get(2).copied())
}

fn string<'v>(function: &str, value: &'v Value) -> Result<&'v str, Failure> {
    value.as_str().ok_or_else(|| {
        failed(
            function,
            "the resource and the API version must be of type 'String'",
        )
    })
}
