//! The outer form of a template: that it is one, and the limits that Azure sets.

use serde_json::{Map, Value};

use crate::expression::member;
use crate::{Argument, Arguments, Context, Scope, TemplateDiagnostic};

/// The most parameters, variables, outputs and resources. Source: ARM documentation, "Template limits".
const MAX_PARAMETERS: usize = 256;
const MAX_VARIABLES: usize = 256;
const MAX_OUTPUTS: usize = 64;
pub(crate) const MAX_RESOURCES: usize = 800;

/// The most bytes of a template. Source: ARM documentation, "Template limits".
pub(crate) const MAX_BYTES: usize = 4 * 1024 * 1024;

/// The longest name of a deployment. Source: ARM documentation, "Template limits".
const MAX_DEPLOYMENT_NAME: usize = 64;

/// Checks the form of a template and its limits.
///
/// # Errors
/// Everything that is wrong.
pub(crate) fn check<'t>(
    template: &'t Value,
    pointer: &str,
) -> Result<&'t Map<String, Value>, Vec<TemplateDiagnostic>> {
    let Value::Object(members) = template else {
        return Err(vec![invalid(
            pointer,
            "Deployment template parse failed: the template is not a JSON object.".to_owned(),
        )]);
    };
    let mut diagnostics = Vec::new();
    for required in ["$schema", "contentVersion", "resources"] {
        if member(members, required).is_none() {
            diagnostics.push(invalid(
                pointer,
                format!(
                    "Deployment template validation failed: 'Required property '{required}' not found in JSON'."
                ),
            ));
        }
    }
    let limits = [
        ("parameters", MAX_PARAMETERS),
        ("variables", MAX_VARIABLES),
        ("outputs", MAX_OUTPUTS),
    ];
    for (section, limit) in limits {
        let pointer = format!("{pointer}/{section}");
        match member(members, section) {
            None => {}
            Some(Value::Object(declared)) => {
                let count = declared.len() + variable_loops(declared);
                if count > limit {
                    diagnostics.push(over(&pointer, section, count, limit));
                }
            }
            Some(_) => diagnostics.push(invalid(
                &pointer,
                format!("Deployment template validation failed: 'The template {section} must be an object'."),
            )),
        }
    }
    let bytes = size(template);
    if bytes > MAX_BYTES {
        diagnostics.push(TemplateDiagnostic::error(
            "RequestContentTooLarge",
            pointer,
            format!(
                "The template has {bytes} bytes, which exceeds the limit of {MAX_BYTES} bytes."
            ),
        ));
    }
    if diagnostics.is_empty() {
        Ok(members)
    } else {
        Err(diagnostics)
    }
}

/// The variables that loops add; the member `copy` itself is none.
fn variable_loops(declared: &Map<String, Value>) -> usize {
    match declared.get("copy") {
        Some(Value::Array(loops)) => loops.len().saturating_sub(1),
        _ => 0,
    }
}

/// Too many resources, copies counted.
pub(crate) fn check_resources(count: usize, pointer: &str) -> Option<TemplateDiagnostic> {
    (count > MAX_RESOURCES).then(|| {
        over(
            &format!("{pointer}/resources"),
            "resources",
            count,
            MAX_RESOURCES,
        )
    })
}

/// What is wrong before the template is looked at: name, scope and size of the parameters.
pub(crate) fn check_start(arguments: &Arguments, context: &Context) -> Vec<TemplateDiagnostic> {
    let mut diagnostics = Vec::new();
    diagnostics.extend(check_deployment_name(&context.deployment_name, ""));
    if context.scope.id().as_str() == "/" && context.scope != Scope::Tenant {
        diagnostics.push(TemplateDiagnostic::error(
            "InvalidScope",
            "",
            "The scope of the deployment has a name that no id can hold.",
        ));
    }
    let bytes: usize = arguments
        .iter()
        .map(|(_, argument)| match argument {
            Argument::Value(value) => size(value),
            Argument::KeyVault(_) | Argument::Unknown => 0,
        })
        .sum();
    if bytes > MAX_BYTES {
        diagnostics.push(TemplateDiagnostic::error(
            "RequestContentTooLarge",
            "",
            format!(
                "The parameters have {bytes} bytes, which exceeds the limit of {MAX_BYTES} bytes."
            ),
        ));
    }
    diagnostics
}

/// The size of a template after expansion; said once, when it is passed.
pub(crate) fn check_expanded(
    before: usize,
    after: usize,
    pointer: &str,
) -> Option<TemplateDiagnostic> {
    (before <= MAX_BYTES && after > MAX_BYTES).then(|| {
        TemplateDiagnostic::error(
            "RequestContentTooLarge",
            pointer,
            format!(
                "The template, expanded, has more bytes than the limit of {MAX_BYTES}: loops, variables and parameters count with their values."
            ),
        )
    })
}

/// A deployment's name that is too long or empty.
pub(crate) fn check_deployment_name(name: &str, pointer: &str) -> Option<TemplateDiagnostic> {
    let length = name.chars().count();
    (length == 0 || length > MAX_DEPLOYMENT_NAME).then(|| {
        TemplateDiagnostic::error(
            "InvalidDeploymentName",
            pointer,
            format!(
                "The deployment name '{name}' has {length} characters; it must have 1 to {MAX_DEPLOYMENT_NAME}."
            ),
        )
    })
}

/// The declaration of a resource: `place` is a pointer from the outermost template, `pointer` that of this template.
pub(crate) fn declaration<'t>(
    template: &'t Value,
    pointer: &str,
    place: &str,
) -> Option<&'t Map<String, Value>> {
    template.pointer(place.strip_prefix(pointer)?)?.as_object()
}

fn over(pointer: &str, section: &str, count: usize, limit: usize) -> TemplateDiagnostic {
    invalid(
        pointer,
        format!(
            "Deployment template validation failed: 'The number of template {section} limit exceeded. Limit: '{limit}' and actual: '{count}'. Please see https://aka.ms/arm-limits for usage details.'."
        ),
    )
}

fn invalid(pointer: &str, message: String) -> TemplateDiagnostic {
    TemplateDiagnostic::error("InvalidTemplate", pointer, message)
}

/// How many bytes a value has as compact JSON.
pub(crate) fn size(value: &Value) -> usize {
    match value {
        Value::Null => 4,
        Value::Bool(truth) => 5 - usize::from(*truth),
        Value::Number(number) => number.to_string().len(),
        Value::String(text) => text_size(text),
        Value::Array(elements) => {
            let inner: usize = elements.iter().map(size).sum();
            inner + 2 + elements.len().saturating_sub(1)
        }
        Value::Object(members) => {
            let inner: usize = members
                .iter()
                .map(|(name, member)| text_size(name) + 1 + size(member))
                .sum();
            inner + 2 + members.len().saturating_sub(1)
        }
    }
}

fn text_size(text: &str) -> usize {
    let escaped = text
        .bytes()
        .map(|byte| match byte {
            b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 8 | 12 => 1,
            0..=31 => 5,
            _ => 0,
        })
        .sum::<usize>();
    text.len() + 2 + escaped
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::size;

    #[test]
    fn the_size_is_that_of_the_text() {
        let value = json!({"a\"b": [1, -2.5, true, false, null, "é\n\u{1}\\"], "": {}, "c": []});
        assert_eq!(size(&value), value.to_string().len());
    }
}
