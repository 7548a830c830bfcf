//! Generated Bicep as the resources that one environment gets.

use camino::Utf8Path;
use serde_json::{Map, Value, json};
use taxiway_arm::{Arguments, Context, ResourceGroup, Scope, Subscription, evaluate};
use taxiway_bicep::{compile, compile_parameters};
use taxiway_diagnostics::Sources;

/// What each secret is while the parameters are read; no resource may show it outside of the vault.
pub(crate) const SECRET: &str = "what nobody may see";

/// `main.bicep` as a template; the compiler may not remark on anything.
pub(crate) fn template(sources: &dyn Sources) -> Value {
    template_of(sources, "main")
}

/// The file of this name as a template.
pub(crate) fn template_of(sources: &dyn Sources, entry: &str) -> Value {
    let path = format!("infrastructure/bicep/{entry}.bicep");
    let compiled = compile(sources, Utf8Path::new(&path));
    assert_eq!(compiled.diagnostics, [], "{path}");
    compiled.template.unwrap()
}

/// The resources of `template`, in the order in which they are deployed; the evaluation may not remark on anything.
pub(crate) fn evaluated(
    template: &Value,
    sources: &dyn Sources,
    workload: &str,
    environment: &str,
) -> Vec<Value> {
    evaluated_with(template, sources, workload, ("main", environment))
}

/// As [`evaluated`], of the file of this name.
pub(crate) fn evaluated_with(
    template: &Value,
    sources: &dyn Sources,
    workload: &str,
    (entry, environment): (&str, &str),
) -> Vec<Value> {
    let path = format!("infrastructure/bicep/{entry}.{environment}.bicepparam");
    // What a parameter file reads besides secrets has a default.
    let variable = |name: &str| (!name.starts_with("TAXIWAY_")).then(|| SECRET.to_owned());
    let parameters = compile_parameters(sources, path.as_str().into(), &variable);
    assert_eq!(parameters.diagnostics, [], "{path}");
    let arguments = Arguments::from_json(&parameters.parameters.unwrap()["parameters"]).unwrap();
    let subscription = Subscription {
        id: "00000000-0000-0000-0000-000000000001".to_owned(),
        display_name: "Samples".to_owned(),
    };
    let group = ResourceGroup {
        name: format!("rg-{workload}-{environment}"),
        location: "westeurope".to_owned(),
        tags: Map::new(),
    };
    let context = Context::new(Scope::ResourceGroup(subscription, group));
    let evaluation = evaluate(template, &arguments, &context);
    assert_eq!(evaluation.diagnostics, [], "{path}");
    let resources = evaluation.resources.into_iter();
    resources
        .map(|resource| {
            json!({
                "type": format!("{}@{}", resource.resource_type, resource.api_version),
                "name": resource.name,
                "body": resource.body,
            })
        })
        .collect()
}
