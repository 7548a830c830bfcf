//! Parameter files as the Azure CLI has them compiled: values that count more than the file's, and one document of both the
//! parameters and their template. Source: Azure CLI, module `resource`; Bicep CLI, command `build-params`.

use camino::Utf8Path;
use serde_json::{Map, Value, json};
use taxiway_bicep::{Options, ParameterCompilation};

use super::inputs::{Input, InputSources};
use crate::failure::Failure;
use crate::surroundings;

/// The variable with the values that count more than those of the file.
const OVERRIDES: &str = "BICEP_PARAMETERS_OVERRIDES";

/// Compiles a parameters file, which must be for `template` where one is named.
///
/// # Errors
/// [`Failure`] where it is for another one, and where the values that count more are no JSON object.
pub(super) fn compile(
    input: &Input,
    sources: &InputSources,
    template: Option<&Utf8Path>,
    options: &Options,
) -> Result<ParameterCompilation, Failure> {
    let environment = &surroundings::variable_or_empty;
    let mut compilation =
        taxiway_bicep::compile_parameters_with(sources, &input.path, environment, options);
    if let (Some(template), Some(using)) = (template, &compilation.using) {
        let named = template.canonicalize_utf8();
        if named.as_deref().ok() != Some(using.as_path()) {
            return Err(Failure::usage(format!(
                "`{}` is for `{using}`, and not for `{template}`",
                input.shown
            )));
        }
    }
    let overrides = overrides(environment(OVERRIDES).as_deref())?;
    let parameters = compilation.parameters.as_mut();
    let parameters = parameters.and_then(|file| file["parameters"].as_object_mut());
    if let Some(parameters) = parameters {
        let overrides = overrides.into_iter();
        parameters.extend(overrides.map(|(name, value)| (name, json!({ "value": value }))));
    }
    Ok(compilation)
}

fn overrides(text: Option<&str>) -> Result<Map<String, Value>, Failure> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(Map::new());
    };
    // What is wrong in it stays unsaid: it may hold secrets.
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Failure::usage(format!(
            "{OVERRIDES} holds no JSON object: line {line}, column {column}"
        ))
    })
}

/// Both in one document, each as a text.
pub(super) fn document(parameters: &Value, template: Option<&Value>) -> Value {
    json!({
        "parametersJson": text(parameters),
        "templateJson": template.map(text),
        "templateSpecId": null,
    })
}

pub(super) fn text(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("its keys are strings")
}
