//! The variables of a template, with its variable loops.

use serde_json::{Map, Value};

use super::Bindings;
use super::names::{Mentions, mentions, order};
use crate::TemplateDiagnostic;
use crate::expression::{Evaluator, Failure, Frame, Reduced, member};
use crate::pointer::{Place, escape};
use crate::template::MAX_BYTES;

/// A variable as declared.
struct Declaration<'t> {
    name: String,
    pointer: String,
    value: &'t Value,
    is_loop: bool,
}

pub(super) fn bind(
    bindings: &mut Bindings,
    template: &Map<String, Value>,
    pointer: &str,
) -> Vec<TemplateDiagnostic> {
    let Some(Value::Object(variables)) = member(template, "variables") else {
        return Vec::new();
    };
    let declarations = declarations(variables, &format!("{pointer}/variables"));
    let names: Vec<String> = declarations
        .iter()
        .map(|declaration| declaration.name.to_lowercase())
        .collect();
    let mentions: Vec<Mentions> = declarations
        .iter()
        .map(|declaration| mentions(declaration.value, "variables"))
        .collect();
    let order = order(&names, &mentions);
    for index in order.order {
        let value = evaluate(bindings, &declarations[index]);
        bindings.variables.insert(names[index].clone(), value);
    }
    let mut diagnostics = Vec::new();
    for index in order.cyclic {
        let declaration = &declarations[index];
        let failure = Failure::new(format!(
            "The template variable '{}' depends on itself. Please see https://aka.ms/arm-syntax-variables for usage details.",
            declaration.name
        ))
        .at_place(|| declaration.pointer.clone());
        diagnostics.push(failure.clone().into_diagnostic());
        bindings
            .variables
            .insert(names[index].clone(), Err(failure));
    }
    diagnostics
}

fn declarations<'t>(variables: &'t Map<String, Value>, pointer: &str) -> Vec<Declaration<'t>> {
    let mut declarations = Vec::new();
    for (name, value) in variables {
        match value {
            Value::Array(loops) if name.eq_ignore_ascii_case("copy") => {
                for (index, value) in loops.iter().enumerate() {
                    declarations.push(Declaration {
                        name: value
                            .get("name")
                            .and_then(Value::as_str)
                            .unwrap_or_default()
                            .to_owned(),
                        pointer: format!("{pointer}/copy/{index}"),
                        value,
                        is_loop: true,
                    });
                }
            }
            _ => declarations.push(Declaration {
                name: name.clone(),
                pointer: format!("{pointer}/{}", escape(name)),
                value,
                is_loop: false,
            }),
        }
    }
    declarations
}

fn evaluate(
    bindings: &Bindings,
    declaration: &Declaration<'_>,
) -> Result<Reduced<'static>, Failure> {
    let evaluator = Evaluator {
        bindings,
        runtime: None,
    };
    let place = Place::root(&declaration.pointer);
    let frame = Frame::default();
    let value = if declaration.is_loop {
        let (_, elements) = evaluator.property_loop(declaration.value, &place, &frame)?;
        elements
    } else {
        evaluator.json(declaration.value, &place, &frame)?
    };
    if value.is_larger_than(MAX_BYTES) {
        return Err(Failure::with_code(
            "RequestContentTooLarge",
            format!(
                "The template variable '{}' has more bytes than the limit of a template, {MAX_BYTES}.",
                declaration.name
            ),
        )
        .at_place(|| declaration.pointer.clone()));
    }
    Ok(value)
}
