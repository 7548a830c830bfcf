//! Deployments inside deployments: inner and outer evaluation of their templates.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::deployment::Resource;
use crate::expression::{Evaluator, Failure, Frame, Reduced, member};
use crate::pointer::Place;
use crate::{Arguments, Context, DEPLOYMENT_TYPE, ResourceGroup, ResourceId, Scope, Subscription};

/// Whether this is a deployment whose template has names of its own.
pub(crate) fn is_inner_template(declared: &Map<String, Value>) -> bool {
    is_deployment(declared)
        && member(declared, "properties")
            .and_then(Value::as_object)
            .is_some_and(is_inner)
}

fn is_deployment(declared: &Map<String, Value>) -> bool {
    member(declared, "type")
        .and_then(Value::as_str)
        .is_some_and(|declared| declared.eq_ignore_ascii_case(DEPLOYMENT_TYPE))
}

/// Outer is the default. Source: ARM documentation, "Linked and nested templates", expression evaluation scope.
fn is_inner(properties: &Map<String, Value>) -> bool {
    member(properties, "expressionEvaluationOptions")
        .and_then(Value::as_object)
        .and_then(|options| member(options, "scope"))
        .and_then(Value::as_str)
        .is_some_and(|scope| scope.eq_ignore_ascii_case("inner"))
}

/// What the declaration of a nested deployment says.
pub(crate) struct NestedTemplate {
    pub(crate) location: Option<String>,
    /// For outer evaluation, already evaluated.
    pub(crate) template: Value,
    pub(crate) is_inner: bool,
    /// The parameters as declared, evaluated.
    pub(crate) parameters: Option<Reduced<'static>>,
}

/// Evaluates the declaration of a nested deployment.
pub(crate) fn read(
    resource: &Resource,
    declared: &Map<String, Value>,
    evaluator: &Evaluator<'_>,
    frame: &Frame<'_>,
) -> Result<NestedTemplate, Failure> {
    let root = Place::root(&resource.pointer);
    let place = root.member("properties");
    let refuse = |message: &str| Failure::new(message).at_place(|| place.to_string());
    let properties = member(declared, "properties")
        .and_then(Value::as_object)
        .ok_or_else(|| {
            refuse(
                "Deployment template validation failed: 'The nested deployment has no properties'.",
            )
        })?;
    for link in ["templateLink", "parametersLink"] {
        if member(properties, link).is_some() {
            return Err(refuse(&format!(
                "The property '{link}' is not supported: the nested deployment must contain its template and parameters."
            )));
        }
    }
    let mode = mode(properties, evaluator, &place, frame)?;
    if !mode.eq_ignore_ascii_case("Incremental") {
        return Err(refuse(&format!(
            "Deployment template validation failed: 'The deployment mode '{mode}' is not supported for nested deployments: only 'Incremental' is'."
        )));
    }
    let template = member(properties, "template")
        .and_then(Value::as_object)
        .ok_or_else(|| {
            refuse(
                "Deployment template validation failed: 'The nested deployment has no template'.",
            )
        })?;
    let parameters = match member(properties, "parameters") {
        Some(parameters) => Some(evaluator.json(parameters, &place.member("parameters"), frame)?),
        None => None,
    };
    let is_inner = is_inner(properties);
    if !is_inner && parameters.is_some() {
        return Err(refuse(
            "Deployment template validation failed: 'A nested deployment with outer evaluation scope must not have parameters'.",
        ));
    }
    let template = if is_inner {
        Value::Object(template.clone())
    } else {
        outer_template(template, evaluator, &place.member("template"), frame)?
    };
    let location = match member(declared, "location") {
        Some(location) => match evaluator.json(location, &root.member("location"), frame)? {
            Reduced::Value(location) => location.as_str().map(str::to_owned),
            Reduced::Rest(rest) => Some(format!("[{rest}]")),
        },
        None => None,
    };
    Ok(NestedTemplate {
        location,
        template,
        is_inner,
        parameters,
    })
}

/// The mode, `Incremental` where none is given: it may be an expression of what is known when the deployment starts.
fn mode(
    properties: &Map<String, Value>,
    evaluator: &Evaluator<'_>,
    place: &Place<'_>,
    frame: &Frame<'_>,
) -> Result<String, Failure> {
    let Some(declared) = member(properties, "mode") else {
        return Ok("Incremental".to_owned());
    };
    let place = place.member("mode");
    match evaluator.json(declared, &place, frame)? {
        Reduced::Value(mode) => Ok(mode
            .as_str()
            .map_or_else(|| mode.to_string(), str::to_owned)),
        Reduced::Rest(rest) => {
            Err(crate::expansion::not_at_start(&rest).at_place(|| place.to_string()))
        }
    }
}

/// Evaluates a template with the names of the outer one; it has no names of its own then.
fn outer_template(
    template: &Map<String, Value>,
    evaluator: &Evaluator<'_>,
    place: &Place<'_>,
    frame: &Frame<'_>,
) -> Result<Value, Failure> {
    let mut evaluated = Map::new();
    for (name, value) in template {
        let is_own = ["parameters", "variables", "functions", "definitions"]
            .iter()
            .any(|own| name.eq_ignore_ascii_case(own));
        if !is_own {
            let value = outer_value(value, evaluator, &place.member(name), frame)?;
            evaluated.insert(name.clone(), value);
        }
    }
    Ok(Value::Object(evaluated))
}

fn outer_value(
    value: &Value,
    evaluator: &Evaluator<'_>,
    place: &Place<'_>,
    frame: &Frame<'_>,
) -> Result<Value, Failure> {
    match value {
        Value::Array(elements) => elements
            .iter()
            .enumerate()
            .map(|(index, element)| outer_value(element, evaluator, &place.element(index), frame))
            .collect(),
        Value::Object(members) => {
            // A loop of the nested template is unrolled later, and so its index is open now.
            let is_loop = members.get("copy").is_some_and(Value::is_object);
            let frame = &if is_loop {
                frame.with_foreign_loop()
            } else {
                *frame
            };
            if members.get("copy").is_some_and(Value::is_array) {
                return Ok(evaluator.json(value, place, frame)?.into_template());
            }
            let is_inner = is_inner_template(members);
            let mut evaluated = Map::new();
            for (name, value) in members {
                let place = place.member(name);
                let value = if is_inner && name.eq_ignore_ascii_case("properties") {
                    inner_properties(value, evaluator, &place, frame)?
                } else {
                    outer_value(value, evaluator, &place, frame)?
                };
                evaluated.insert(outer_key(name, evaluator, &place, frame)?, value);
            }
            Ok(Value::Object(evaluated))
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {
            Ok(evaluator.json(value, place, frame)?.into_template())
        }
    }
}

fn outer_key(
    key: &str,
    evaluator: &Evaluator<'_>,
    place: &Place<'_>,
    frame: &Frame<'_>,
) -> Result<String, Failure> {
    let key = evaluator.string(key, place, frame)?.into_template();
    match key {
        Value::String(key) => Ok(key),
        _ => Err(
            Failure::new("The name of a member does not evaluate to a string.")
                .at_place(|| place.to_string()),
        ),
    }
}

/// The properties of a deployment with inner scope: all but its template.
fn inner_properties(
    properties: &Value,
    evaluator: &Evaluator<'_>,
    place: &Place<'_>,
    frame: &Frame<'_>,
) -> Result<Value, Failure> {
    let mut evaluated = Map::new();
    for (name, value) in properties.as_object().into_iter().flatten() {
        let value = if name.eq_ignore_ascii_case("template") {
            value.clone()
        } else {
            outer_value(value, evaluator, &place.member(name), frame)?
        };
        evaluated.insert(name.clone(), value);
    }
    Ok(Value::Object(evaluated))
}

/// The values of a nested deployment's parameters, all known.
pub(crate) fn arguments(
    parameters: Option<Reduced<'static>>,
    pointer: &str,
) -> Result<Arguments, Failure> {
    let parameters = match parameters {
        None => return Ok(Arguments::new()),
        Some(Reduced::Value(parameters)) => parameters.into_owned(),
        Some(Reduced::Rest(rest)) => {
            return Err(crate::expansion::not_at_start(&rest)
                .at_place(|| format!("{pointer}/properties/parameters")));
        }
    };
    Arguments::from_json(&parameters).map_err(|diagnostics| {
        let message = match diagnostics.into_iter().next() {
            Some(diagnostic) => diagnostic.message,
            None => "the parameters are not valid".to_owned(),
        };
        Failure::new(message).at_place(|| format!("{pointer}/properties/parameters"))
    })
}

/// The seed of a nested deployment: its `newGuid()` differ from those of the deployments around and beside it.
pub(crate) fn guid_seed(outer: &Context, id: &ResourceId) -> Uuid {
    Uuid::new_v5(&outer.guid_seed, id.key().as_bytes())
}

/// The scope of an id, for a template that is only looked at.
pub(crate) fn scope(
    id: &ResourceId,
    outer: &Context,
    groups: &[(ResourceId, ResourceGroup)],
) -> Scope {
    if *id == outer.scope.id() {
        return outer.scope.clone();
    }
    let subscription = id
        .subscription()
        .map(|subscription| match outer.scope.subscription() {
            Some(known) if known.id.eq_ignore_ascii_case(subscription) => known.clone(),
            _ => Subscription {
                id: subscription.to_owned(),
                display_name: String::new(),
            },
        });
    match (subscription, id.resource_group()) {
        (Some(subscription), Some(name)) => {
            let known = groups
                .iter()
                .chain(&outer.resource_groups)
                .find(|(known, _)| known == id)
                .map(|(_, group)| group.clone());
            let group = known.unwrap_or_else(|| ResourceGroup {
                name: name.to_owned(),
                location: "[resourceGroup().location]".to_owned(),
                tags: Map::new(),
            });
            Scope::ResourceGroup(subscription, group)
        }
        (Some(subscription), None) => Scope::Subscription(subscription),
        (None, _) if id.is_type(crate::MANAGEMENT_GROUP_TYPE) => {
            Scope::ManagementGroup(id.name().to_owned())
        }
        (None, _) => Scope::Tenant,
    }
}
