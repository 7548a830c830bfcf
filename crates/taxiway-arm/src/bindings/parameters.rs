//! The parameters of a template: given values, defaults, and whether they fit.

use std::borrow::Cow;
use std::cell::Cell;

use serde_json::{Map, Value};

use super::names::{Mentions, mentions, order};
use super::{Binding, Bindings, Bound, Given, View};
use crate::TemplateDiagnostic;
use crate::expression::{Evaluator, Expression, Failure, Frame, Reduced, member};
use crate::pointer::{Place, escape};
use crate::template::MAX_BYTES;

pub(super) fn bind(bindings: &mut Bindings, binding: &Binding<'_>) -> Vec<TemplateDiagnostic> {
    let empty = Map::new();
    let declared = match member(binding.template, "parameters") {
        Some(Value::Object(declared)) => declared,
        _ => &empty,
    };
    let mut diagnostics = unknown(declared, binding);
    let names: Vec<String> = declared.keys().map(|name| name.to_lowercase()).collect();
    let declarations: Vec<(&String, &Value)> = declared.iter().collect();
    let mentions: Vec<Mentions> = declarations
        .iter()
        .map(|(name, schema)| match given(binding, name) {
            Some(_) => Mentions::default(),
            None => schema
                .get("defaultValue")
                .map(|default| mentions(default, "parameters"))
                .unwrap_or_default(),
        })
        .collect();
    let order = order(&names, &mentions);
    let mut bound: Vec<Option<Bound>> = names.iter().map(|_| None).collect();
    for index in order.order {
        let (name, schema) = declarations[index];
        let parameter = bind_one(bindings, binding, name, schema, &mut diagnostics);
        bindings.parameters.insert(names[index].clone(), parameter);
    }
    for index in order.cyclic {
        let (name, schema) = declarations[index];
        let failure = Failure::new(format!(
            "The default value of the template parameter '{name}' depends on itself. Please see https://aka.ms/arm-syntax-parameters for usage details."
        ))
        .at_place(|| place_of(binding, name));
        diagnostics.push(failure.clone().into_diagnostic());
        let parameter = bound_as(bindings, name, schema, Err(failure));
        bindings.parameters.insert(names[index].clone(), parameter);
    }
    // Callers see them in the order of the template.
    for (index, name) in names.iter().enumerate() {
        bound[index] = bindings.parameters.swap_remove(name);
    }
    bindings.parameters = names.into_iter().zip(bound.into_iter().flatten()).collect();
    diagnostics
}

fn place_of(binding: &Binding<'_>, name: &str) -> String {
    format!("{}/parameters/{}", binding.pointer, escape(name))
}

fn given<'t>(binding: &Binding<'t>, name: &str) -> Option<&'t Given> {
    binding.inputs.get(name).or_else(|| {
        binding
            .inputs
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, given)| given)
    })
}

/// Values for parameters that the template does not have.
fn unknown(declared: &Map<String, Value>, binding: &Binding<'_>) -> Vec<TemplateDiagnostic> {
    let unknown: Vec<&str> = binding
        .inputs
        .keys()
        .filter(|name| member(declared, name).is_none())
        .map(String::as_str)
        .collect();
    if unknown.is_empty() {
        return Vec::new();
    }
    let declared: Vec<&str> = declared.keys().map(String::as_str).collect();
    vec![TemplateDiagnostic::error(
        "InvalidTemplate",
        format!("{}/parameters", binding.pointer),
        format!(
            "Deployment template validation failed: 'The following parameters were supplied, but do not correspond to any parameters defined in the template: '{}'. The parameters defined in the template are: '{}'. Please see https://aka.ms/arm-pass-parameter-values for usage details.'.",
            unknown.join(", "),
            declared.join(", ")
        ),
    )]
}

fn bind_one(
    bindings: &Bindings,
    binding: &Binding<'_>,
    name: &str,
    schema: &Value,
    diagnostics: &mut Vec<TemplateDiagnostic>,
) -> Bound {
    let pointer = place_of(binding, name);
    if let Err(message) = bindings.schemas.check_schema(schema) {
        diagnostics.push(TemplateDiagnostic::error(
            "InvalidTemplate",
            pointer.clone(),
            format!("Deployment template validation failed: 'The template parameter '{name}' is not valid. {message}'."),
        ));
    }
    let value = value(bindings, binding, name, schema, &pointer).and_then(|value| {
        check(bindings, name, schema, &value)
            .map_err(|failure| failure.at_place(|| pointer.clone()))?;
        Ok(value)
    });
    if let Err(failure) = &value {
        diagnostics.push(failure.clone().into_diagnostic());
    }
    bound_as(bindings, name, schema, value)
}

fn bound_as(
    bindings: &Bindings,
    name: &str,
    schema: &Value,
    value: Result<Reduced<'static>, Failure>,
) -> Bound {
    let type_name = bindings
        .schemas
        .type_of(schema)
        .unwrap_or_else(|| match &value {
            Ok(Reduced::Value(value)) => output_type(value),
            Ok(Reduced::Rest(_)) | Err(_) => "Object",
        });
    Bound {
        name: name.to_owned(),
        type_name,
        is_secure: bindings.schemas.is_secure(schema),
        value,
    }
}

/// The type of a value whose type is not declared, in Azure's spelling.
pub(crate) fn output_type(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "Bool",
        Value::Number(_) => "Int",
        Value::String(_) => "String",
        Value::Array(_) => "Array",
        Value::Null | Value::Object(_) => "Object",
    }
}

fn value(
    bindings: &Bindings,
    binding: &Binding<'_>,
    name: &str,
    schema: &Value,
    pointer: &str,
) -> Result<Reduced<'static>, Failure> {
    let default = schema.get("defaultValue");
    let stays = || {
        Ok(Reduced::Rest(Expression::call(
            "parameters",
            vec![Expression::text(name)],
        )))
    };
    match given(binding, name) {
        Some(Given::Value(Value::Null)) if default.is_some() => {}
        Some(Given::Value(value)) => return Ok(Reduced::Value(Cow::Owned(value.clone()))),
        Some(Given::Rest(expression)) => return Ok(Reduced::Rest(expression.clone())),
        Some(Given::Secret(_)) if binding.view != View::Deployed => return stays(),
        Some(Given::Secret(reference)) => {
            return Err(Failure::with_code(
                "KeyVaultParameterReferenceNotResolved",
                format!(
                    "The secret '{}' of '{}' for the template parameter '{name}' was not fetched.",
                    reference.secret_name, reference.vault
                ),
            )
            .at_place(|| pointer.to_owned()));
        }
        None => {}
    }
    let Some(default) = default else {
        if bindings.schemas.is_nullable(schema) {
            return Ok(Reduced::owned(Value::Null));
        }
        return Err(Failure::new(format!(
            "Deployment template validation failed: 'The value for the template parameter '{name}' is not provided. Please see https://aka.ms/arm-create-parameter-file for usage details.'."
        ))
        .at_place(|| pointer.to_owned()));
    };
    let evaluator = Evaluator {
        bindings,
        runtime: None,
    };
    let guids = Cell::new(0);
    let place = Place::root(pointer);
    let value = evaluator.json(
        default,
        &place.member("defaultValue"),
        &Frame::default_of(name, &guids),
    )?;
    match value {
        Reduced::Rest(rest) if binding.view == View::Deployed => Err(Failure::new(format!(
            "The default value '[{rest}]' cannot be evaluated at the start of a deployment."
        ))
        .at_place(|| pointer.to_owned())),
        value if value.is_larger_than(MAX_BYTES) => Err(Failure::with_code(
            "RequestContentTooLarge",
            format!("The default value of the template parameter '{name}' has more bytes than the limit of a template, {MAX_BYTES}."),
        )
        .at_place(|| pointer.to_owned())),
        value => Ok(value),
    }
}

fn check(
    bindings: &Bindings,
    name: &str,
    schema: &Value,
    value: &Reduced<'_>,
) -> Result<(), Failure> {
    let Reduced::Value(value) = value else {
        return Ok(());
    };
    bindings
        .schemas
        .check(schema, value, false)
        .map_err(|message| {
            Failure::new(format!(
                "Deployment template validation failed: 'The provided value for the template parameter '{name}' is not valid. {message} Please see https://aka.ms/arm-create-parameter-file for usage details.'."
            ))
        })
}
