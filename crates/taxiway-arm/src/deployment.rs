//! One deployment of one template: prepared once, then evaluated resource by resource as Azure does.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::bindings::{Binding, Bindings, View, inputs};
use crate::expansion::{Planned, expand, not_at_start, with_frame};
use crate::expression::{Evaluator, Failure, Frame, Reduced, member};
use crate::pointer::escape;
use crate::runtime::{Live, Resources};
use crate::{
    Arguments, Context, DEPLOYMENT_TYPE, DeployedState, ResourceId, Scope, TemplateDiagnostic,
    assertions, body, deployment_order, nested, template,
};

/// A resource that a template declares; a copy loop declares one for each element.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// The resource's id.
    pub id: ResourceId,
    /// Its full type, as written.
    pub resource_type: String,
    /// The version of the API that creates it.
    pub api_version: String,
    /// Its name in the template's `resources` object; none in a classic template.
    pub symbolic_name: Option<String>,
    /// Which element of its copy loop it is.
    pub copy_index: Option<usize>,
    /// The name and mode of its copy loop.
    pub copy_loop: Option<CopyLoop>,
    /// Whether it is only read, never created.
    pub existing: bool,
    /// Whether its condition holds; one whose condition does not is skipped.
    pub condition: bool,
    /// The resources that have to be done before it, as indices into [`Deployment::resources`]; each is smaller.
    pub dependencies: Vec<usize>,
    /// Its declaration, as a JSON pointer into the template.
    pub pointer: String,
}

/// The copy loop of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyLoop {
    /// Its name.
    pub name: String,
    /// How many elements are deployed at once in serial mode; all at once without.
    pub batch_size: Option<usize>,
}

/// What is to be done for one resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Its condition does not hold: nothing.
    Skipped,
    /// It is only read, or is to be created only where it does not exist, and does: nothing.
    Existing,
    /// It is created or updated.
    Resource(EvaluatedResource),
    /// It is a deployment of its own, which the caller prepares in turn.
    Nested(NestedDeployment),
}

/// A resource with its final values, ready to PUT.
#[derive(Clone, PartialEq)]
pub struct EvaluatedResource {
    /// The resource's id.
    pub id: ResourceId,
    /// Its full type, as written.
    pub resource_type: String,
    /// Its full name (`site/slot`).
    pub name: String,
    /// The version of the API that creates it.
    pub api_version: String,
    /// Its name in the template's `resources` object.
    pub symbolic_name: Option<String>,
    /// Which element of its copy loop it is.
    pub copy_index: Option<usize>,
    /// The body: what the template says without `type`, `apiVersion`, `name`, `scope` and what only steers the deployment.
    ///
    /// From a real deployment it may hold values of secure parameters: never show it.
    pub body: Value,
    /// The expression of its name (`[guid(…, reference(…))]`), where that is known only while it is deployed; the id
    /// is a stand-in then. Never of a real deployment.
    pub unresolved: Option<String>,
    /// Its declaration, as a JSON pointer into the root template, through nested templates.
    pub pointer: String,
}

/// A deployment inside a deployment.
#[derive(Clone, Debug, PartialEq)]
pub struct NestedDeployment {
    /// The id of the deployment.
    pub id: ResourceId,
    /// Its name.
    pub name: String,
    /// Where it deploys.
    pub scope: ResourceId,
    /// Its location, at subscription scope and above.
    pub location: Option<String>,
    /// Its template: complete for inner evaluation; for outer evaluation already evaluated by the outer deployment.
    pub template: Value,
    /// Its parameters.
    ///
    /// They may hold values of secure parameters: never show them.
    pub arguments: Arguments,
    /// Where its template stands in the template of the outer deployment.
    pub pointer: String,
}

/// A value that a template puts out.
#[derive(Clone, PartialEq)]
pub struct Output {
    /// Its type as declared, in Azure's spelling (`String`, `SecureString`, …).
    pub output_type: String,
    /// Its value.
    pub value: Value,
    /// Whether it must never be shown; Azure leaves it out of the answer.
    pub secure: bool,
}

/// A parameter with its value.
#[derive(Clone, PartialEq)]
pub struct Parameter {
    /// Its type as declared, in Azure's spelling.
    pub parameter_type: String,
    /// Its value.
    pub value: Value,
    /// Whether it must never be shown; Azure answers it as null.
    pub secure: bool,
}

/// A template with its parameters, checked, and its resources in the order in which they are deployed.
pub struct Deployment {
    template: Value,
    bindings: Bindings,
    resources: Vec<Resource>,
    table: Resources,
    parameters: IndexMap<String, Parameter>,
}

impl Deployment {
    /// Checks template and parameters, and works out the resources.
    ///
    /// # Errors
    /// Everything that is wrong, in Azure's codes.
    pub fn prepare(
        template: &Value,
        arguments: &Arguments,
        context: &Context,
    ) -> Result<Self, Vec<TemplateDiagnostic>> {
        let mut diagnostics = Vec::new();
        diagnostics.extend(template::check_start(arguments, context));
        let members = match template::check(template, "") {
            Ok(members) => members,
            Err(found) => {
                diagnostics.extend(found);
                return Err(diagnostics);
            }
        };
        let (bindings, found) = Bindings::new(&Binding {
            template: members,
            inputs: &inputs(arguments),
            context,
            view: View::Deployed,
            leaves_unknown_names: false,
            pointer: "",
        });
        diagnostics.extend(found);
        diagnostics.extend(assertions::check(members, &bindings, ""));
        let planned = Self::plan(template, members, &bindings, &mut diagnostics);
        if diagnostics.iter().any(TemplateDiagnostic::is_error) {
            return Err(without_repeats(diagnostics));
        }
        let resources: Vec<Resource> = planned.into_iter().map(|one| one.resource).collect();
        Ok(Self {
            template: template.clone(),
            table: Resources::new(&resources),
            parameters: known_parameters(&bindings),
            bindings,
            resources,
        })
    }

    fn plan(
        template: &Value,
        members: &Map<String, Value>,
        bindings: &Bindings,
        diagnostics: &mut Vec<TemplateDiagnostic>,
    ) -> Vec<Planned> {
        let evaluator = Evaluator {
            bindings,
            runtime: None,
        };
        let (planned, found) = expand(members, &evaluator, "", true);
        let is_complete = found.is_empty();
        diagnostics.extend(found);
        let created = planned.iter().filter(|one| !one.resource.existing).count();
        diagnostics.extend(template::check_resources(created, ""));
        if !is_complete {
            return planned;
        }
        let (planned, found) = deployment_order::sort(planned, template, "", &evaluator);
        diagnostics.extend(found);
        planned
    }

    /// The resources, each after everything that it depends on.
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// The parameters with their values, defaults included.
    pub const fn parameters(&self) -> &IndexMap<String, Parameter> {
        &self.parameters
    }

    /// What is to be done for the resource at `index`, once everything that it depends on is done.
    ///
    /// # Errors
    /// What is wrong, where a value cannot be evaluated; also for an index that no resource has.
    pub fn evaluate(
        &self,
        index: usize,
        state: &dyn DeployedState,
    ) -> Result<Step, TemplateDiagnostic> {
        let Some(resource) = self.resources.get(index) else {
            return Err(TemplateDiagnostic::error(
                "InvalidTemplate",
                "",
                format!("the deployment has no resource number {index}"),
            ));
        };
        if !resource.condition {
            return Ok(Step::Skipped);
        }
        if resource.existing {
            return Ok(Step::Existing);
        }
        let live = Live {
            resources: &self.table,
            state,
        };
        let evaluator = Evaluator {
            bindings: &self.bindings,
            runtime: Some(&live),
        };
        if self.is_left_alone(resource, state) {
            return Ok(Step::Existing);
        }
        self.step(resource, &evaluator).map_err(|failure| {
            failure
                .at_place(|| resource.pointer.clone())
                .into_diagnostic()
        })
    }

    /// Whether it is to be created only where it does not exist, and does.
    fn is_left_alone(&self, resource: &Resource, state: &dyn DeployedState) -> bool {
        let api_version = Some(resource.api_version.as_str());
        template::declaration(&self.template, "", &resource.pointer)
            .is_some_and(body::is_only_if_not_exists)
            && state.reference(&resource.id, api_version, true).is_some()
    }

    fn step(&self, resource: &Resource, evaluator: &Evaluator<'_>) -> Result<Step, Failure> {
        let declared = template::declaration(&self.template, "", &resource.pointer)
            .ok_or_else(|| Failure::new("The resource is not in the template."))?;
        with_frame(resource, |frame| {
            if resource.resource_type.eq_ignore_ascii_case(DEPLOYMENT_TYPE) {
                return nested_step(resource, declared, evaluator, frame);
            }
            let mut body = Map::new();
            for (name, value) in body::evaluate(resource, declared, evaluator, frame)? {
                match value {
                    Reduced::Value(value) => body.insert(name, value.into_owned()),
                    Reduced::Rest(rest) => {
                        let place = format!("{}/{}", resource.pointer, escape(&name));
                        return Err(not_at_start(&rest).at_place(|| place));
                    }
                };
            }
            Ok(Step::Resource(EvaluatedResource::new(
                resource,
                Value::Object(body),
                None,
            )))
        })
    }

    /// The outputs, once every resource is done; those whose condition does not hold are left out.
    ///
    /// # Errors
    /// What is wrong, where a value cannot be evaluated.
    pub fn outputs(
        &self,
        state: &dyn DeployedState,
    ) -> Result<IndexMap<String, Output>, Vec<TemplateDiagnostic>> {
        let live = Live {
            resources: &self.table,
            state,
        };
        let evaluator = Evaluator {
            bindings: &self.bindings,
            runtime: Some(&live),
        };
        let mut outputs = IndexMap::new();
        let mut diagnostics = Vec::new();
        let declared = self
            .template
            .as_object()
            .and_then(|members| member(members, "outputs"));
        for (name, declared) in declared.and_then(Value::as_object).into_iter().flatten() {
            let pointer = format!("/outputs/{}", escape(name));
            match body::output(name, declared, &evaluator, &pointer) {
                Ok(Some(output)) => {
                    let (name, output) = Output::from_evaluated(output);
                    outputs.insert(name, output);
                }
                Ok(None) => {}
                Err(mut failure) => {
                    failure.code = "DeploymentOutputEvaluationFailed";
                    diagnostics.push(failure.into_diagnostic());
                }
            }
        }
        if diagnostics.is_empty() {
            Ok(outputs)
        } else {
            Err(diagnostics)
        }
    }
}

impl Output {
    pub(crate) fn from_evaluated(output: body::EvaluatedOutput) -> (String, Self) {
        let evaluated = Self {
            output_type: output.output_type.to_owned(),
            value: output.value.into_json(),
            secure: output.is_secure,
        };
        (output.name, evaluated)
    }
}

impl EvaluatedResource {
    pub(crate) fn new(resource: &Resource, body: Value, unresolved: Option<String>) -> Self {
        Self {
            id: resource.id.clone(),
            resource_type: resource.resource_type.clone(),
            name: resource.id.full_name(),
            api_version: resource.api_version.clone(),
            symbolic_name: resource.symbolic_name.clone(),
            copy_index: resource.copy_index,
            body,
            unresolved,
            pointer: resource.pointer.clone(),
        }
    }
}

fn nested_step(
    resource: &Resource,
    declared: &Map<String, Value>,
    evaluator: &Evaluator<'_>,
    frame: &Frame<'_>,
) -> Result<Step, Failure> {
    let nested = nested::read(resource, declared, evaluator, frame)?;
    if let Some(diagnostic) = template::check_deployment_name(resource.id.name(), &resource.pointer)
    {
        return Err(Failure::with_code(diagnostic.code, diagnostic.message)
            .at_place(|| resource.pointer.clone()));
    }
    Ok(Step::Nested(NestedDeployment {
        id: resource.id.clone(),
        name: resource.id.name().to_owned(),
        scope: resource.id.scope(),
        location: nested.location,
        template: nested.template,
        arguments: nested::arguments(nested.parameters, &resource.pointer)?,
        pointer: format!("{}/properties/template", resource.pointer),
    }))
}

/// The parameters as callers see them.
fn known_parameters(bindings: &Bindings) -> IndexMap<String, Parameter> {
    bindings
        .parameters()
        .map(|bound| {
            let parameter = Parameter {
                parameter_type: bound.type_name.to_owned(),
                value: bound.known().cloned().unwrap_or_default(),
                secure: bound.is_secure,
            };
            (bound.name.clone(), parameter)
        })
        .collect()
}

/// The same diagnostics, each once: a failure shows again wherever its value is used.
pub(crate) fn without_repeats(diagnostics: Vec<TemplateDiagnostic>) -> Vec<TemplateDiagnostic> {
    let mut seen = HashSet::new();
    diagnostics
        .into_iter()
        .filter(|diagnostic| seen.insert((diagnostic.pointer.clone(), diagnostic.message.clone())))
        .collect()
}

impl NestedDeployment {
    /// The context in which it is prepared: that of the outer deployment with this one's scope, name and location.
    pub fn context(&self, outer: &Context, scope: Scope) -> Context {
        Context {
            scope,
            deployment_name: self.name.clone(),
            deployment_location: self.location.clone(),
            guid_seed: nested::guid_seed(outer, &self.id),
            ..outer.clone()
        }
    }
}
