//! What a resource's declaration says about the resource itself.

use serde_json::{Map, Value};

use crate::DEPLOYMENT_TYPE;
use crate::deployment::Resource;
use crate::expression::{Evaluator, Failure, Frame, Reduced, member};
use crate::pointer::Place;

/// The members that steer the deployment and are not part of the resource.
const STEERING: [&str; 14] = [
    "type",
    "apiVersion",
    "name",
    "copy",
    "condition",
    "existing",
    "scope",
    "dependsOn",
    "resources",
    "comments",
    "metadata",
    "import",
    "extension",
    "@options",
];

/// The members of a resource, each evaluated as far as it is known.
pub(crate) fn evaluate(
    resource: &Resource,
    declared: &Map<String, Value>,
    evaluator: &Evaluator<'_>,
    frame: &Frame<'_>,
) -> Result<Vec<(String, Reduced<'static>)>, Failure> {
    let place = Place::root(&resource.pointer);
    let mut members = Vec::new();
    for (name, value) in declared {
        if is_steering(resource, name) {
            continue;
        }
        members.push((
            name.clone(),
            evaluator.json(value, &place.member(name), frame)?,
        ));
    }
    Ok(members)
}

/// Whether a resource that exists is left alone (`@onlyIfNotExists()` in Bicep).
pub(crate) fn is_only_if_not_exists(declared: &Map<String, Value>) -> bool {
    member(declared, "@options")
        .and_then(Value::as_object)
        .is_some_and(|options| member(options, "onlyIfNotExists").is_some())
}

fn is_steering(resource: &Resource, name: &str) -> bool {
    let names_scope = resource.symbolic_name.is_some()
        || resource.resource_type.eq_ignore_ascii_case(DEPLOYMENT_TYPE);
    STEERING
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
        || (names_scope
            && ["subscriptionId", "resourceGroup"]
                .iter()
                .any(|known| name.eq_ignore_ascii_case(known)))
}

/// The outputs of a template.
pub(crate) struct EvaluatedOutput {
    pub(crate) name: String,
    pub(crate) output_type: &'static str,
    pub(crate) is_secure: bool,
    pub(crate) value: Reduced<'static>,
}

/// Evaluates an output; `None` where its condition does not hold.
pub(crate) fn output(
    name: &str,
    declared: &Value,
    evaluator: &Evaluator<'_>,
    pointer: &str,
) -> Result<Option<EvaluatedOutput>, Failure> {
    let place = Place::root(pointer);
    let frame = Frame::default();
    let members = declared.as_object().ok_or_else(|| {
        Failure::new(format!("The template output '{name}' is not an object."))
            .at_place(|| pointer.to_owned())
    })?;
    if let Some(condition) = member(members, "condition") {
        let condition = evaluator.json(condition, &place.member("condition"), &frame)?;
        if let Reduced::Value(condition) = &condition
            && condition.as_bool() == Some(false)
        {
            return Ok(None);
        }
    }
    let value = match (member(members, "copy"), member(members, "value")) {
        (Some(copy), _) => output_loop(copy, evaluator, &place.member("copy"), &frame)?,
        (None, Some(value)) => evaluator.json(value, &place.member("value"), &frame)?,
        (None, None) => {
            return Err(
                Failure::new(format!("The template output '{name}' has no value."))
                    .at_place(|| pointer.to_owned()),
            );
        }
    };
    let schemas = evaluator.bindings.schemas();
    if let Reduced::Value(value) = &value {
        schemas.check(declared, value, false).map_err(|message| {
            Failure::new(format!(
                "The template output '{name}' is not valid: {message}"
            ))
            .at_place(|| pointer.to_owned())
        })?;
    }
    let output_type = schemas.type_of(declared).unwrap_or(match &value {
        Reduced::Value(value) => crate::bindings::output_type(value),
        Reduced::Rest(_) => "Object",
    });
    Ok(Some(EvaluatedOutput {
        name: name.to_owned(),
        output_type,
        is_secure: schemas.is_secure(declared),
        value,
    }))
}

/// The loop of an output, whose index has no name.
fn output_loop(
    copy: &Value,
    evaluator: &Evaluator<'_>,
    place: &Place<'_>,
    frame: &Frame<'_>,
) -> Result<Reduced<'static>, Failure> {
    let invalid = || {
        Failure::new("The template copy definition has no valid 'count' and 'input'. Please see https://aka.ms/arm-copy for usage details.")
            .at_place(|| place.to_string())
    };
    let copy = copy.as_object().ok_or_else(invalid)?;
    let (count, input) = member(copy, "count")
        .zip(member(copy, "input"))
        .ok_or_else(invalid)?;
    let count = match evaluator.json(count, &place.member("count"), frame)? {
        Reduced::Value(count) => crate::expression::copy_count(&count)
            .map_err(|failure| failure.at_place(|| place.to_string()))?,
        Reduced::Rest(rest) => {
            return Ok(Reduced::Rest(crate::expression::Expression::call(
                "copy",
                vec![rest],
            )));
        }
    };
    let place = place.member("input");
    let elements: Result<Vec<_>, Failure> = (0..count)
        .map(|index| evaluator.json(input, &place, &frame.with_copy_index(index)))
        .collect();
    Ok(crate::expression::array(elements?))
}
